/**
 * When events are due, and what became of each: {@link dev.brew.delivery.load.ClosedLoop} sends the next event when
 * the one before is over, {@link dev.brew.delivery.load.DeliveryTracker} follows every event to every recipient.
 */
package dev.brew.delivery.load;
