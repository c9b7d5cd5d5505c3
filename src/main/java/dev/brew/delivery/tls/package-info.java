/** Encryption of both worlds: {@link dev.brew.delivery.tls.Tls}, with certificates that are made for one run. */
package dev.brew.delivery.tls;
