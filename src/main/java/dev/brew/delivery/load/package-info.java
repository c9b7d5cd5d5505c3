/**
 * When events are due, and what became of each. {@link dev.brew.delivery.load.DeliveryTracker} follows every event to every
 * recipient. {@link dev.brew.delivery.load.ClosedLoop} sends the next event when the one before is over;
 * {@link dev.brew.delivery.load.OpenLoop} sends them when they are due, by {@link dev.brew.delivery.load.Arrivals}. On a
 * {@link dev.brew.delivery.load.Rig}, an open path with all it needs, {@link dev.brew.delivery.load.RateSweep} finds the
 * highest rate that holds, and {@link dev.brew.delivery.load.Disturbance} shows what one recipient's trouble costs.
 */
package dev.brew.delivery.load;
