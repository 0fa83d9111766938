using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using IotHubDsr.Core.Evidence.Certificates;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Signatures;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Tests.Evidence.Certificates;

public sealed class CertificateCheckTests
{
    [Theory]
    [InlineData("rsa")]
    [InlineData("p256")]
    [InlineData("p384")]
    [InlineData("p521")]
    public void Check_Signed_IsValidAndTrustedByTheSignersCertificate(string kind)
    {
        byte[] file = Issue(CertificateGen.Small, kind);

        ErasureCertificateCheck check = Checks.Of(file, [TestX509.Of(kind)]);

        Assert.Null(check.Reason);
        Assert.Equal((true, true, true, "CN=Ana Lopez"), (check.IsValid, check.IsSigned, check.IsTrusted, check.Signer));
        Assert.Equal(SigningKey.FingerprintOf(TestX509.Of(kind)), check.CertificateSha256);
        Assert.Equal(Digests.Of(file), check.Digest);
    }

    [Fact]
    public void Check_Unsigned_SaysSoAndIsNotTrusted()
    {
        byte[] file = CertificateWriter.Write(CertificateGen.Small, key: null);

        ErasureCertificateCheck check = Checks.Of(file);

        Assert.Equal((true, false, false, null), (check.IsValid, check.IsSigned, check.IsTrusted, check.Signer));
        Assert.Contains("not signed", check.Reason, StringComparison.Ordinal);
        Assert.Contains("UNSIGNED", PayloadOf(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_CertificateThatNobodyTrusts_IsNoPassBySilence()
    {
        byte[] file = Issue(CertificateGen.Small, "p256");

        ErasureCertificateCheck byMachine = Checks.Of(file);
        ErasureCertificateCheck byOther = Checks.Of(file, [TestX509.Of("p256", "Ben Okri")]);

        Assert.All([byMachine, byOther], check => Assert.Equal((true, true, false), (check.IsValid, check.IsSigned, check.IsTrusted)));
        Assert.All([byMachine, byOther], check => Assert.Contains("not trusted", check.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Check_AuthorityOfTheSignerIsTrusted_IsTrusted()
    {
        (X509Certificate2 authority, X509Certificate2 issued) = TestX509.Issue("Ana Lopez");
        byte[] file = CertificateWriter.Write(CertificateGen.Small, SigningKey.ForSigning(issued, TestX509.Now));

        Assert.True(Checks.Of(file, [authority]).IsTrusted);
        Assert.False(Checks.Of(file, [TestX509.Of("p256", "Contoso CA")]).IsTrusted);
    }

    [Fact]
    public void Check_SignedOutsideOfTheValidityOfTheCertificate_IsNotValid()
    {
        X509Certificate2 late = TestX509.Make("p256", "Ana Lopez", TestX509.Now.AddDays(1), TestX509.Now.AddYears(1));

        ErasureCertificateCheck check = Checks.Of(CertificateWriter.Write(CertificateGen.Small, SigningKey.ForChecking(late)!), late);

        Assert.False(check.IsValid);
        Assert.Contains("was not valid", check.Reason, StringComparison.Ordinal);
    }

    /// <summary>A certificate's time is a claim: received, then done, then issued, all of it until now.</summary>
    [Fact]
    public void Check_TimesThatCannotBe_AreNotValid()
    {
        CertificateContent content = CertificateGen.Small;
        (CertificateContent Content, string Reason)[] cases =
        [
            (content with { IssuedAt = Checks.Now.AddYears(4) }, "is dated 2030"),
            (content with { IssuedAt = Checks.Now.AddMinutes(6) }, "is dated"),
            (content with { IssuedAt = content.ReceivedAt.AddDays(-1) }, "is dated"),
            (content with { IssuedAt = content.Locations[0].VerifiedAt!.Value.AddMinutes(-6) }, "is dated"),
            (content with { ReceivedAt = content.IssuedAt.AddMinutes(-30) }, "before the request was received"),
        ];

        Assert.All(cases, one =>
        {
            ErasureCertificateCheck check = Checks.Of(
                CertificateWriter.Write(one.Content, SigningKey.ForChecking(TestX509.Of("p256"))!),
                TestX509.Of("p256")
            );
            Assert.False(check.IsValid);
            Assert.Contains(one.Reason, check.Reason, StringComparison.Ordinal);
        });
        Assert.True(Checks.Of(CertificateWriter.Write(content with { IssuedAt = Checks.Now.AddMinutes(4) }, key: null)).IsValid);
    }

    [Fact]
    public void Check_CertificateOfTheSignerHasEnded_IsTrustedOnlyWithATrustedTimestamp()
    {
        X509Certificate2 ended = TestX509.Make("p256", "Ana Lopez", TestX509.Start, TestX509.Now.AddDays(2));
        X509Certificate2 stamping = TestTimestamps.MakeAuthority(),
            other = TestTimestamps.MakeAuthority();
        byte[] file = CertificateWriter.Write(CertificateGen.Small, SigningKey.ForSigning(ended, TestX509.Now));
        byte[] stamp = TestTimestamps.Response(stamping, file, TestX509.Now.AddDays(1));

        ErasureCertificateCheck alone = Checks.Of(file, ended);
        ErasureCertificateCheck stamped = Checks.Of(file, ended, stamping, stamp);

        Assert.Equal((true, false), (alone.IsValid, alone.IsTrusted));
        Assert.Contains("time stamp", alone.Reason, StringComparison.Ordinal);
        Assert.Equal((true, null, TestX509.Now.AddDays(1)), (stamped.IsTrusted, stamped.Reason, stamped.TimestampedAt));
        Assert.True(Checks.Of(file, ended, stamping, TestTimestamps.Token(stamping, file, TestX509.Now.AddDays(1))).IsTrusted);

        Assert.False(Checks.Of(file, ended, other, stamp).IsTrusted);
        Assert.False(Checks.Of(file, ended, stamping, TestTimestamps.Response(stamping, [1, 2, 3], TestX509.Now.AddDays(1))).IsTrusted);
        Assert.False(Checks.Of(file, ended, stamping, TestTimestamps.Response(stamping, file, TestX509.Now.AddDays(3))).IsTrusted);
        Assert.False(Checks.Of(file, ended, stamping, TestTimestamps.Response(stamping, file, TestX509.Now.AddYears(-1))).IsTrusted);
        Assert.False(Checks.Of(file, ended, ended, TestTimestamps.Response(stamping, file, TestX509.Now.AddDays(1))).IsTrusted);
        Assert.False(Checks.Of(file, ended, stamping, [1, 2, 3]).IsTrusted);
        stamp[^3] ^= 1;
        Assert.False(Checks.Of(file, ended, stamping, stamp).IsTrusted);
    }

    [Fact]
    public void Check_SignerMayNotSign_IsNotTrusted()
    {
        (X509Certificate2 authority, X509Certificate2 issued) = TestX509.Issue("Ana Lopez", usages: ["1.3.6.1.5.5.7.3.1"]);
        ErasureCertificateCheck check = Checks.Of(
            CertificateWriter.Write(CertificateGen.Small, SigningKey.ForChecking(issued)!),
            authority
        );

        Assert.Equal((true, false), (check.IsValid, check.IsTrusted));
        Assert.Contains("extended key usage", check.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Journal_TimesOutsideOfTheCertificates_AreFound()
    {
        (byte[] journal, string digest) = Line(TestX509.Now.AddDays(1));

        Assert.Equal(new JournalTimes(TestX509.Now.AddDays(1), TestX509.Now.AddDays(1)), JournalChain.Read([journal])[digest]);
    }

    [Fact]
    public void Check_Content_IsGivenWithSumsAndTheWorstVerdict()
    {
        CertificateContent content = CertificateGen.Small with { Follows = $"sha256:{new string('d', 64)}" };

        ErasureCertificateCheck check = Checks.Of(CertificateWriter.Write(content, key: null), []);

        Assert.Equal(
            (
                content.RequestId,
                content.HubHostName,
                Verdict.ErasurePending,
                content.IssuedAt,
                2,
                content.PlanDigest,
                content.JournalDigest,
                content.Follows
            ),
            (
                check.RequestId,
                check.HubHostName,
                check.OverallVerdict,
                check.IssuedAt,
                check.Subjects,
                check.PlanDigest,
                check.JournalDigest,
                check.Follows
            )
        );
        Assert.Equal(("Ana Lopez", "Ana Lopez", "Ben Okri"), (check.Performer, check.Verifier, check.Approver));
        CertifiedLocation location = check.Locations[0];
        Assert.Equal(
            ("contosorouted/raw-0", Verdict.ErasurePending, 1L, 1L, 0L, TestX509.Now.AddDays(1)),
            (location.Place, location.Verdict, location.RecordsPlanned, location.RecordsErased, location.RecordsRemaining, location.Until)
        );
    }

    [Fact]
    public void Check_AnyContent_ReadsBackAsItWasWritten() =>
        CertificateGen.Contents.Sample(
            content =>
            {
                ErasureCertificateCheck check = Checks.Of(CertificateWriter.Write(content, key: null), []);
                Assert.True(check.IsValid, check.Reason);
                Assert.Equal(content.Verdict, check.OverallVerdict);
                Assert.Equal(
                    content.Locations.Select(location => location.Sum(content.Subjects.Count).Planned),
                    check.Locations.Select(location => location.RecordsPlanned)
                );
            },
            iter: Repetitions.Of(100)
        );

    /// <summary>The forms that a file could have with the same meaning, and claims that its content does not bear.</summary>
    [Theory]
    [InlineData("{\"payload\"", "{ \"payload\"")]
    [InlineData("\"payloadType\"", "\"extra\":1,\"payloadType\"")]
    [InlineData("{\"payload\"", "{\"extra\":1,\"payload\"")]
    [InlineData("application", "\\u0061pplication")]
    [InlineData("+json", "\\u002bjson")]
    [InlineData("\"keyid\":\"", "\"keyid\":\"A")]
    [InlineData("\"signatures\":[", "\"signatures\":[{\"keyid\":\"a\",\"sig\":\"AAAA\"},")]
    public void Check_EnvelopeInAnotherForm_IsNotValid(string text, string other)
    {
        string file = Encoding.UTF8.GetString(Issue(CertificateGen.Small, "p256"));
        Assert.Contains(text, file, StringComparison.Ordinal);

        AssertNotValid(file.Replace(text, other, StringComparison.Ordinal));
        AssertNotValid(file + "\n");
        AssertNotValid(file[..^1]);
        AssertNotValid("\uFEFF" + file);
    }

    /// <summary>
    /// What anybody can do to a certificate that is not signed: change it and compute the digest anew. It must still be consistent.
    /// </summary>
    [Theory]
    [InlineData("\"verdict\":\"ErasurePending\"", "\"verdict\":\"Absent\"")]
    [InlineData("\"planned\":1,", "\"planned\":2,")]
    [InlineData("\"requestId\":\"2026", "\"requestId\":\"2027")]
    [InlineData("\"name\":\"plan\"", "\"name\":\"other\"")]
    [InlineData("\"isSigned\":false", "\"isSigned\":true")]
    [InlineData("UNSIGNED. ", "")]
    [InlineData("\"requestId\"", "\"unknown\":1,\"requestId\"")]
    [InlineData("Statement/v1", "Statement/v0.1")]
    [InlineData("erasure-certificate:v1", "erasure-certificate:v2")]
    [InlineData(".0000000Z", "Z")]
    public void Check_StatementThatDoesNotHoldTogether_IsNotValid(string text, string other)
    {
        string payload = PayloadOf(CertificateWriter.Write(CertificateGen.Small, key: null));
        int at = payload.IndexOf(text, StringComparison.Ordinal);
        Assert.True(at >= 0);
        byte[] changed = Encoding.UTF8.GetBytes(payload[..at] + other + payload[(at + text.Length)..]);

        AssertNotValid(Encoding.UTF8.GetString(new DsseEnvelope(changed, null, null).Write()));
    }

    [Fact]
    public void Check_SignatureTakenAwayOrPutOnSomethingElse_IsNotValid()
    {
        var signed = DsseEnvelope.Read(Issue(CertificateGen.Small, "p256"));
        var unsigned = DsseEnvelope.Read(CertificateWriter.Write(CertificateGen.Small, key: null));
        var other = DsseEnvelope.Read(Issue(CertificateGen.Small with { RequestId = "other" }, "p256"));

        AssertNotValid(new DsseEnvelope(signed.Payload, null, null));
        AssertNotValid(new DsseEnvelope(unsigned.Payload, signed.KeyId, signed.Signature));
        AssertNotValid(new DsseEnvelope(other.Payload, signed.KeyId, signed.Signature));
        AssertNotValid(new DsseEnvelope(signed.Payload, new string('0', 64), signed.Signature));
    }

    [Fact]
    public void Check_SignedByAnotherKeyUnderTheCertificateOfAPerson_IsNotValid()
    {
        byte[] payload = CertificateStatement.Write(CertificateGen.Small, TestX509.Of("p256"));
        byte[] forged = SigningKey
            .ForSigning(TestX509.Of("p256", "Mallory"), TestX509.Now)
            .Sign(DsseEnvelope.PreAuthenticationEncoding(payload));

        AssertNotValid(new DsseEnvelope(payload, SigningKey.FingerprintOf(TestX509.Of("p256")), forged));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("hello")]
    [InlineData("{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[]}")]
    [InlineData("{\"payload\":1,\"signatures\":{}}")]
    [InlineData("{\"payload\":null,\"signatures\":[null]}")]
    public void Check_SomethingElse_IsNotValidAndSaysWhy(string file)
    {
        ErasureCertificateCheck check = Checks.Of(Encoding.UTF8.GetBytes(file), []);

        Assert.False(check.IsValid);
        Assert.NotEmpty(check.Reason!);
        Assert.Null(check.RequestId);
    }

    [Fact]
    public void Check_DeepDocument_IsNotValid() => AssertNotValid(new string('[', 1_000_000));

    [Fact]
    public void Write_IncompleteContent_IsRefused()
    {
        CertificateContent content = CertificateGen.Small;
        LocationOutcome location = content.Locations[0];

        Assert.All(
            [
                content with
                {
                    Subjects = [],
                },
                content with
                {
                    Subjects = [content.Subjects[0], content.Subjects[0]],
                },
                content with
                {
                    PlanDigest = "sha256:",
                },
                content with
                {
                    Follows = new string('d', 64),
                },
                content with
                {
                    Performer = new Party("a", "b"),
                },
                content with
                {
                    Locations = [location, location],
                },
                content with
                {
                    Locations = [location with { Groups = [location.Groups[0]] }],
                },
                content with
                {
                    Locations = [location with { Groups = [location.Groups[0], location.Groups[0]] }],
                },
                content with
                {
                    Locations =
                    [
                        location with
                        {
                            Groups =
                            [
                                location.Groups[0] with
                                {
                                    Outcome = location.Groups[0].Outcome with { Remaining = -1 },
                                },
                                location.Groups[1],
                            ],
                        },
                    ],
                },
            ],
            broken => Assert.Throws<FormatException>(() => CertificateWriter.Write(broken, key: null))
        );
    }

    [Fact]
    public void Write_NoLocation_IsUnknown() =>
        Assert.Equal(
            Verdict.Unknown,
            Checks.Of(CertificateWriter.Write(CertificateGen.Small with { Locations = [] }, key: null), []).OverallVerdict
        );

    [Fact]
    public void Write_Statement_IsAnInTotoStatementAboutPlanJournalAndRequest()
    {
        JsonNode statement = JsonNode.Parse(PayloadOf(Issue(CertificateGen.Small, "rsa")))!;

        Assert.Equal("https://in-toto.io/Statement/v1", (string?)statement["_type"]);
        Assert.Equal("urn:iothubdsr:erasure-certificate:v1", (string?)statement["predicateType"]);
        Assert.Equal(["plan", "journal", "request"], statement["subject"]!.AsArray().Select(subject => (string?)subject!["name"]));
        Assert.Equal(new string('a', 64), (string?)statement["subject"]![0]!["digest"]!["sha256"]);
        Assert.Contains("Microsoft", (string?)statement["predicate"]!["systemGeneratedLogs"], StringComparison.Ordinal);
    }

    internal static byte[] Issue(CertificateContent content, string kind) =>
        CertificateWriter.Write(content, SigningKey.ForSigning(TestX509.Of(kind), TestX509.Now));

    private static string PayloadOf(byte[] file) => Encoding.UTF8.GetString(DsseEnvelope.Read(file).Payload);

    private static void AssertNotValid(DsseEnvelope envelope) => AssertNotValid(Encoding.UTF8.GetString(envelope.Write()));

    private static void AssertNotValid(string file) => Assert.False(Checks.Of(Encoding.UTF8.GetBytes(file), [TestX509.Of("p256")]).IsValid);

    private static (byte[] Journal, string Digest) Line(DateTimeOffset at)
    {
        string line = $"{{\"at\":\"{at.UtcDateTime:O}\",\"prev\":\"sha256:{new string('0', 64)}\",\"seq\":1}}";
        return (Encoding.UTF8.GetBytes(line + "\n"), Digests.Of(Encoding.UTF8.GetBytes(line)));
    }
}
