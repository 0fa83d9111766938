using System.Globalization;
using CsCheck;
using IotHubDsr.Core.Evidence.Certificates;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Evidence.Plans;

namespace IotHubDsr.Core.Tests.Evidence.Certificates;

/// <summary>Contents of certificates; texts are made to break out of a document.</summary>
internal static class CertificateGen
{
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.OneOf("\",\"verdict\":\"Absent", "\\", "\\u0041", "</script>", "\u2028", "😀", "a\r\nb", "\0", "{}", "é", "null", "+/=", ""),
        Gen.String[Gen.Char["abcXYZ019-_./ "], 1, 12]
    );

    private static readonly Gen<string> Digests = Gen
        .Byte.Array[32]
        .Select(bytes => $"sha256:{Convert.ToHexString(bytes).ToLowerInvariant()}");

    private static readonly Gen<DateTimeOffset> Times = Gen.Long[0, TimeSpan.FromDays(300).Ticks]
        .Select(ticks => TestX509.Start.AddTicks(ticks));

    private static readonly Gen<Party> Parties = Gen.Select(Texts, Digests.Null(), (name, digest) =>
        new Party(name, digest?["sha256:".Length..])
    );

    private static readonly Gen<OutcomeGroup> Groups = Gen.Select(
        Gen.Enum<Verdict>(),
        Gen.Long[0, 1L << 40].Nullable(),
        Gen.Long[0, 100].Nullable(),
        Gen.Long[0, 100].Nullable(),
        Times.Nullable(),
        (verdict, planned, erased, remaining, until) => new OutcomeGroup(new SubjectOutcome(verdict, planned, erased, remaining, until))
    );

    public static CertificateContent Small { get; } = Of(2, 2);

    public static Gen<CertificateContent> Contents { get; } =
        from subjects in Gen.Int[1, 5]
        from locations in Gen.Select(
            Texts,
            Texts,
            Texts.Null(),
            Times.Nullable(),
            Groups.Array[1, 5],
            PlanGen.Statements.Array[0, 2]
        ).Array[0, 4]
        from texts in Texts.Array[4]
        from resource in Texts.Null()
        from times in Times.Array[2]
        from digests in Digests.Array[2]
        from follows in Digests.Null()
        from parties in Parties.Array[2]
        from approver in Parties.Null()
        from scope in Gen.Select(Gen.Bool, Times.Nullable(), Times.Nullable(), Gen.Bool, (one, start, end, mentioned) =>
                new ScopeStatement(one, start, end, mentioned)
            )
            .Null()
        select new CertificateContent
        {
            RequestId = texts[0],
            HubHostName = texts[1],
            HubResourceId = resource,
            ReceivedAt = TestX509.Start,
            DueAt = times[1],
            IssuedAt = TestX509.Start.AddDays(301),
            ToolVersion = texts[2],
            PlanDigest = digests[0],
            JournalDigest = digests[1],
            Follows = follows,
            Performer = parties[0],
            Verifier = parties[1],
            Approver = approver,
            Subjects = Hashes(subjects),
            Scope = scope,
            Locations =
            [
                .. locations.Select(
                    (location, index) =>
                        new LocationOutcome
                        {
                            LocationId = $"{index}{location.Item1}",
                            Kind = location.Item1,
                            Place = location.Item2,
                            Method = location.Item1,
                            Detail = location.Item3,
                            ErasedAt = location.Item4,
                            VerifiedAt = location.Item4,
                            Reading = location.Item3,
                            Statements = location.Item6,
                            Groups = Spread(location.Item5, subjects),
                        }
                ),
            ],
        };

    /// <summary>A certificate in which each subject has an outcome of its own in each location.</summary>
    public static CertificateContent Of(int subjects, int locations) =>
        new()
        {
            RequestId = "20261124T120000Z-0a1b2c3d",
            HubHostName = "contoso-hub.azure-devices.net",
            HubResourceId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/contoso-hub",
            ReceivedAt = TestX509.Now.AddDays(-20),
            DueAt = TestX509.Now.AddDays(10),
            IssuedAt = TestX509.Now,
            ToolVersion = "0.1.0",
            PlanDigest = $"sha256:{new string('a', 64)}",
            JournalDigest = $"sha256:{new string('b', 64)}",
            Performer = new Party("Ana Lopez"),
            Verifier = new Party("Ana Lopez"),
            Approver = new Party("Ben Okri", new string('c', 64)),
            Subjects = Hashes(subjects),
            Locations =
            [
                .. Enumerable
                    .Range(0, locations)
                    .Select(index => new LocationOutcome
                    {
                        LocationId = $"location-{index}",
                        Kind = "RoutedBlobContainer",
                        Place = $"contosorouted/raw-{index}",
                        Method = "Blobs that hold the subject are replaced by copies without it.",
                        Detail = "Old versions leave by the retention of the account.",
                        ErasedAt = TestX509.Now.AddHours(-2),
                        VerifiedAt = TestX509.Now.AddHours(-1),
                        Groups =
                        [
                            .. Hashes(subjects)
                                .Select(
                                    (hash, number) =>
                                        new OutcomeGroup(
                                            new SubjectOutcome(
                                                number % 2 == 0 ? Verdict.Erased : Verdict.ErasurePending,
                                                number,
                                                number,
                                                0,
                                                TestX509.Now.AddDays(1)
                                            ),
                                            [hash]
                                        )
                                ),
                        ],
                    }),
            ],
        };

    private static List<string> Hashes(int count) =>
        [.. Enumerable.Range(0, count).Select(number => number.ToString("x32", CultureInfo.InvariantCulture))];

    private static OutcomeGroup[] Spread(OutcomeGroup[] groups, int subjects)
    {
        List<string> hashes = Hashes(subjects);
        return groups.Length == 1
            ? groups
            :
            [
                .. groups
                    .Select((group, index) => group with { Subjects = [.. hashes.Where((_, number) => number % groups.Length == index)] })
                    .Where(group => group.Subjects!.Count > 0),
            ];
    }
}
