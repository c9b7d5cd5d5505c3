/**
 * Sends events when they are due, and accounts for each of them.
 *
 * <p>{@link dev.brew.delivery.load.Arrivals} and {@link dev.brew.delivery.load.Pacer} decide when an event is sent,
 * {@link dev.brew.delivery.load.ClosedLoop} and {@link dev.brew.delivery.load.OpenLoop} send it, and
 * {@link dev.brew.delivery.load.DeliveryTracker} follows it to every recipient.
 */
package dev.brew.delivery.load;
