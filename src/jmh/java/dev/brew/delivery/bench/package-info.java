/**
 * JMH classes and states; they only wire the rooms of the house together. Every delivery benchmark is closed loop:
 * one operation is one event until it is over ({@code completed}), so the figures say how long one event takes on an
 * otherwise idle system, and nothing about load.
 */
package dev.brew.delivery.bench;
