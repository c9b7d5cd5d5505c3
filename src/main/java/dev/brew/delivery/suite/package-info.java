/** The JMH suite: options, plan, runner, and the check of what came back against what was asked. */
package dev.brew.delivery.suite;
