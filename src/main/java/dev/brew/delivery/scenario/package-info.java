/** The run of the decision matrix. */
package dev.brew.delivery.scenario;
