/** The one place that opens a path with its recipients, tracker, recorder and broker, and warms it up. */
package dev.brew.delivery.rig;
