/** The rate sweep and the disturbance: the search of the edge, the measurement of a rate, their runs and tables. */
package dev.brew.delivery.sweep;
