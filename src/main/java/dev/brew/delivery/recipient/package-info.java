/**
 * The recipients of events: {@link dev.brew.delivery.recipient.Recipient} has the handler that gRPC and Kafka share,
 * {@link dev.brew.delivery.recipient.DelayPlan} sets the delay of each recipient, and
 * {@link dev.brew.delivery.recipient.Ledger} accounts for the events that each recipient received.
 */
package dev.brew.delivery.recipient;
