/** Makes events with their ids, and reads the clock that stamps them. */
package dev.brew.delivery.event;
