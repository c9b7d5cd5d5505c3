/** The JMH suite: options, plan, runs of single trials, and the check that JMH returned every result. */
package dev.brew.delivery.suite;
