/** When events are due, and what became of each: arrivals, pacing, closed and open loop, tracker, self-checks. */
package dev.brew.delivery.load;
