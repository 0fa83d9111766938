using CsCheck;

namespace IotHubDsr.Core.Tests.Evidence.Plans;

/// <summary>Plans of devices and places whose names are made to break out of a document.</summary>
internal static class PlanGen
{
    private static readonly Gen<string> DeviceIds = Gen.Char["aA1-:.+%_#*?!(),=@;$'"]
        .Array[1, 20]
        .Select(characters => new string(characters));

    private static readonly Gen<string> Texts = Gen.OneOf(
        DeviceIds,
        Gen.OneOf(
            "\",\"digest\":\"",
            "\\",
            "\\u0041",
            "</script>",
            "\u2028",
            "😀",
            "a\r\nb",
            "\0",
            "{}",
            "é",
            "null",
            "..\\..//x?versionid=1"
        )
    );

    // Whole numbers up to 2^53 are the same in every reader of JSON.
    private static readonly Gen<long> Counts = Gen.OneOf(Gen.Long[0, 100], Gen.Long[0, 1L << 53]);

    private static readonly Gen<SeenItem> Items = Gen.Select(
        Texts,
        Texts.Null(),
        Counts,
        Counts,
        Gen.Bool,
        (path, etag, records, bytes, old) => new SeenItem(path, etag, records, bytes) { IsOldCopy = old }
    );

    public static readonly Gen<OperatorStatement> Statements = Gen.Select(
        Gen.Enum<OperatorStatementKind>(),
        Texts,
        Texts.Null(),
        Gen.Bool,
        (kind, ground, name, isPrefix) => new OperatorStatement(kind, ground) { BlobName = name, IsPrefix = isPrefix && name is not null }
    );

    private static readonly Gen<DataWay> Ways = Gen.Select(
        Gen.Enum<DataWayKind>(),
        Texts.Null(),
        Texts.Array[0, 2],
        Texts.Null(),
        Gen.Bool,
        (kind, name, carries, other, isEnabled) =>
            kind == DataWayKind.Remark
                ? DataWay.Remark(other ?? "remark")
                : new DataWay
                {
                    Kind = kind,
                    Name = name,
                    Carries = carries,
                    Condition = other,
                    Target = name,
                    IsEnabled = isEnabled,
                    Note = other,
                }
    );

    private static readonly Gen<DataLocation> Locations = Gen.Select(
        Texts,
        Texts,
        Ways.Array[1, 3],
        Statements.Array[0, 2],
        (kind, place, ways, statements) =>
            new DataLocation
            {
                Id = string.Empty,
                Kind = kind,
                Place = place,
                Ways = ways,
                Statements = statements,
            }
    );

    private static readonly Gen<ErasureStep> Steps = Gen.Select(
        Gen.Select(DeviceIds, Texts.Null(), Gen.Enum<Verdict>(), Gen.Enum<ErasureAction>()),
        Locations,
        Gen.Select(Counts, Counts, Counts, Counts),
        Items.Array[0, 3],
        (who, location, counts, items) =>
            new ErasureStep(
                new DeviceDataFinding
                {
                    DeviceId = who.Item1,
                    GenerationId = who.Item2,
                    Verdict = who.Item3,
                    Location = location,
                    RecordCount = counts.Item1,
                    RelayedCount = counts.Item2,
                    OldCopyCount = counts.Item3,
                    ByteCount = counts.Item4,
                    Items = items,
                },
                who.Item4
            )
    );

    private static readonly Gen<DateTimeOffset> Times = Gen.DateTime.Select(time => new DateTimeOffset(time.Ticks, TimeSpan.Zero));

    private static readonly Gen<RecordScope> Scopes = Gen.Select(
        Texts.Null(),
        Times.Nullable(),
        Times.Nullable(),
        Gen.Bool,
        (generation, start, end, mentioned) =>
            new RecordScope
            {
                GenerationId = generation,
                StartTime = start,
                EndTime = end,
                IncludeMentioned = mentioned,
            }
    );

    public static Gen<ErasurePlan> Plans { get; } =
        Gen.Select(
            Texts,
            Texts.Null(),
            Gen.DateTime,
            Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool.Nullable(), Gen.Long[0, 1_000].Nullable(), Scopes),
            Steps.Array[0, 5],
            (host, resource, created, options, steps) =>
                new ErasurePlan
                {
                    HubHostName = host,
                    HubResourceId = resource,
                    CreatedAt = new DateTimeOffset(created.Ticks, TimeSpan.Zero),
                    Erasure = new ErasureOptions
                    {
                        IncludeRelayed = options.Item1,
                        IncludeOldVersions = options.Item2,
                        DeleteEmptied = options.Item3,
                        SettleMessages = options.Item1 != options.Item2,
                        Reprovisioning = (Reprovisioning)(steps.Length % 3),
                        RewriteConfigurations = options.Item2 != options.Item3,
                        HideNow = options.Item1 != options.Item3,
                        Scope = options.Item5,
                    },
                    LateRecords = options.Item4,
                    Steps =
                    [
                        .. steps.Select(
                            (step, index) =>
                                step with
                                {
                                    Finding = step.Finding with { Location = step.Location with { Id = $"location-{index}" } },
                                }
                        ),
                    ],
                }
        );

    /// <summary>A small plan of one step.</summary>
    public static ErasurePlan Small { get; } =
        new()
        {
            HubHostName = "contoso-hub.azure-devices.net",
            HubResourceId = "/subscriptions/s/hub",
            CreatedAt = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
            Steps = [new ErasureStep(Finding("dev1", 3), ErasureAction.Erase)],
        };

    public static DeviceDataFinding Finding(string deviceId, long records) =>
        new()
        {
            DeviceId = deviceId,
            GenerationId = "638",
            Verdict = records > 0 ? Verdict.Present : Verdict.Absent,
            RecordCount = records,
            ByteCount = records * 100,
            Items = records > 0 ? [new SeenItem("hub/00/a", "\"0x1\"", records, records * 100)] : [],
            Location = new DataLocation
            {
                Id = "routed-blob.a.b",
                Kind = LocationKinds.RoutedBlobContainer,
                Place = "a/b",
                Provenance = ["route 'all'"],
                Capabilities = LocationCapabilities.Find | LocationCapabilities.Erase,
            },
        };
}
