/**
 * Puts a path together with its recipients, tracker, recorder and broker, warms it up, and measures on it.
 * {@link dev.brew.delivery.rig.PathSpec} is the path that a user asks for, {@link dev.brew.delivery.rig.Rig} the open path.
 * {@link dev.brew.delivery.rig.Settling} decides when it is warm.
 */
package dev.brew.delivery.rig;
