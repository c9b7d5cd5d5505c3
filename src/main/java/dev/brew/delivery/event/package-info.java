/** Events, their ids and the one clock that stamps them. The bottom of the house: depends on the contract only. */
package dev.brew.delivery.event;
