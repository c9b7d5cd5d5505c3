/** The rows of the decision matrix: of each its claim, its experiment and its criterion. */
package dev.brew.delivery.scenario.rows;
