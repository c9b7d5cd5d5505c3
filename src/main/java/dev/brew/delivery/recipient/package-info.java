/**
 * Those who must learn of an event: {@link dev.brew.delivery.recipient.Recipient}, the one handler of both worlds,
 * {@link dev.brew.delivery.recipient.DelayPlan} (who is slow, and how), and
 * {@link dev.brew.delivery.recipient.Ledger} (who got what).
 */
package dev.brew.delivery.recipient;
