package dev.brew.delivery.tls;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether what goes over sockets is encrypted, and the certificates for it: made for this trial, for 127.0.0.1,
 * ::1 and localhost, signed by an authority whose key nobody keeps. They live in memory; nothing of them is written or printed.
 * Both worlds get the same protocol and cipher, so that the cost of one is the cost of the other. Immutable.
 */
public final class Tls {

    /** Nothing is encrypted. */
    public static final Tls OFF = new Tls(Mode.OFF, "", null, null);

    /** The one version of the protocol that is spoken. */
    public static final String PROTOCOL = "TLSv1.3";
    /** The one cipher; the JDK's own first choice for TLS 1.3. */
    public static final String CIPHER = "TLS_AES_256_GCM_SHA384";

    private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);
    private static final Duration VALID = Duration.ofDays(30);

    private final Mode mode;
    private final String authority;
    private final Identity server;
    private final Identity client;

    private Tls(Mode mode, String authority, Identity server, Identity client) {
        this.mode = mode;
        this.authority = authority;
        this.server = server;
        this.client = client;
    }

    /** Who shows a certificate to whom. */
    public enum Mode {
        /** Nobody: nothing is encrypted. */
        OFF,
        /** The server to the client. */
        ON,
        /** Each to the other. */
        MUTUAL;

        /** Reads {@code off}, {@code on} or {@code mutual}; else an {@link IllegalArgumentException} that says so. */
        public static Mode parse(String text) {
            for (Mode mode : values()) {
                if (mode.toString().equals(text)) {
                    return mode;
                }
            }
            throw new IllegalArgumentException("tls must be off, on or mutual, got '" + text + "'");
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A certificate with its key.
     *
     * @param certificate PEM
     * @param key         PEM, PKCS #8, not encrypted: never to be written or printed
     */
    public record Identity(String certificate, String key) {

        @Override
        public String toString() {
            return "a certificate and its key";
        }
    }

    /** Makes what {@code mode} needs; a few milliseconds. */
    public static Tls of(Mode mode) {
        if (mode == Mode.OFF) {
            return OFF;
        }
        try {
            Instant now = Instant.now();
            CertificateBuilder common = new CertificateBuilder().algorithm(CertificateBuilder.Algorithm.ecp256)
                    .notBefore(now.minus(CLOCKS_DIFFER)).notAfter(now.plus(VALID));
            X509Bundle authority = common.copy().subject("CN=delivery authority").setIsCertificateAuthority(true)
                    .buildSelfSigned();
            X509Bundle server = common.copy().subject("CN=delivery server").addSanDnsName("localhost")
                    .addSanIpAddress("127.0.0.1").addSanIpAddress("::1").buildIssuedBy(authority);
            X509Bundle client = common.copy().subject("CN=delivery client").buildIssuedBy(authority);
            return new Tls(mode, authority.getRootCertificatePEM(), identity(server), identity(client));
        } catch (Exception e) { // it declares no narrower one
            throw new IllegalStateException("certificates cannot be made: " + e, e);
        }
    }

    private static Identity identity(X509Bundle bundle) {
        return new Identity(bundle.getCertificatePathPEM(), bundle.getPrivateKeyPEM());
    }

    public Mode mode() {
        return mode;
    }

    /** The authority's certificate, PEM: whom either side believes. Only if encryption is not off. */
    public String authority() {
        return authority;
    }

    /** What the server shows. Only if encryption is not off. */
    public Identity server() {
        return server;
    }

    /** What the client shows if the server asks for it. Only if encryption is not off. */
    public Identity client() {
        return client;
    }

    /** What moves the comparison, each name with {@code prefix} before it. */
    public Map<String, String> settings(String prefix) {
        Map<String, String> settings = new TreeMap<>(Map.of(prefix + "tls", mode.toString()));
        if (mode != Mode.OFF) {
            settings.put(prefix + "tls.protocol", PROTOCOL);
            settings.put(prefix + "tls.cipher", CIPHER);
            settings.put(prefix + "tls.certificate", "EC P-256");
        }
        return settings;
    }

    @Override
    public String toString() {
        return "tls " + mode;
    }
}
