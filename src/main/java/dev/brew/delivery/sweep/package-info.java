/** The rate sweep and the disturbance: which rates to offer, how each is judged, and their run directories. */
package dev.brew.delivery.sweep;
