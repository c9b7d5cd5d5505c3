/** Makes events with their ids, and reads the clock of their time stamps. */
package dev.brew.delivery.event;
