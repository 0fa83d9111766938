using IotHubDsr.Core.Reports;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Reports;

/// <summary>Reports to render: one of a real erasure in a sandbox, and made-up ones of any size and any text.</summary>
internal static class ReportSample
{
    public static DateTimeOffset Received { get; } = new(2026, 11, 2, 9, 14, 0, TimeSpan.FromHours(1));

    /// <summary>Exports and erases devices of a sandbox, one storage account of which cannot be read.</summary>
    public static async Task<ReportModel> FromSandboxAsync(params string[] deviceIds)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        sandbox.Server.Access.Denied = [$"blob:{WorldNames.UploadAccount}"];
        DataExport export = await sandbox.ExportAsync(deviceIds);
        ErasurePlan plan = await sandbox.PlanAsync(deviceIds);
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(plan);
        DateTimeOffset now = receipts.Max(receipt => receipt.CompletedAt);
        ReportModel shape = Synthetic([], text => text);
        return shape with
        {
            HubHostName = sandbox.Context.HubHostName,
            Devices = deviceIds,
            Data = ReportData.FromReceipts(receipts).WithExport(export.Completeness),
            WrittenAt = now,
            ReceivedAt = now.AddDays(-9),
            DueAt = DueDates.Due(now.AddDays(-9)),
            Extension = null,
            Events =
            [
                new ReportEvent(
                    now.AddDays(-8),
                    "Identity of the person confirmed",
                    "Customer number and a code sent to the address on file."
                ),
                new ReportEvent(
                    export.CompletedAt.AddDays(-2),
                    "Export package handed over",
                    $"{export.Records} records in {export.Files} files."
                ),
                new ReportEvent(plan.CreatedAt.AddMinutes(-90), "Plan made", plan.Digest),
                new ReportEvent(plan.CreatedAt.AddMinutes(-40), "Plan approved", "Signed by J. Okafor, data protection officer."),
                new ReportEvent(receipts.Min(receipt => receipt.CompletedAt), "Erasure began"),
                new ReportEvent(now, "Erasure ended and was read again"),
            ],
            Holds = [],
            Evidence = shape.Evidence with { PlanDigest = plan.Digest },
        };
    }

    /// <summary>A made-up report in which every text goes through a function.</summary>
    /// <param name="verdicts">One location each.</param>
    /// <param name="text">Gives the text of a field.</param>
    /// <param name="devices">Number of devices.</param>
    public static ReportModel Synthetic(IReadOnlyList<Verdict> verdicts, Func<string, string> text, int devices = 1)
    {
        string[] ids = [.. Enumerable.Range(1, devices).Select(index => $"{text("thermostat")}-{index}")];
        ReportLocation[] locations =
        [
            .. verdicts.Select(
                (_, index) =>
                    new ReportLocation(
                        $"{text("location")}-{index}",
                        text("RoutedBlobContainer"),
                        text($"stcontoso/telemetry-{index}"),
                        [
                            $"route '{text("all")}-{index}' ({text("DeviceMessages")}) → {text("endpoint")} '{index}'",
                            $"file upload: {text("devices store files")}",
                        ]
                    )
            ),
        ];
        return new ReportModel
        {
            RequestId = text("20261102T081400Z-5f2c91aa"),
            Kind = ReportKind.Erasure,
            HubHostName = text("contoso-hub.azure-devices.net"),
            ToolVersion = text("0.1.0"),
            WrittenAt = Received.AddDays(20),
            ReceivedAt = Received,
            DueAt = DueDates.Due(Received),
            Extension = new ReportExtension(DueDates.Extended(Received), text("Thirty-one requests of one household arrived at once.")),
            Events = [new ReportEvent(Received.AddDays(1), text("Identity confirmed"), text("By a code sent to the address on file."))],
            Devices = ids,
            Data = new ReportData(
                locations,
                [
                    .. ids.SelectMany(id =>
                        locations.Select(
                            (location, index) =>
                                new ReportRow
                                {
                                    DeviceId = id,
                                    LocationId = location.Id,
                                    Outcome = new SubjectOutcome(
                                        verdicts[index],
                                        12,
                                        verdicts[index] == Verdict.Erased ? 12 : 0,
                                        verdicts[index] > Verdict.Erased ? 12 : 0,
                                        verdicts[index] is Verdict.ErasurePending or Verdict.Expiring ? Received.AddDays(30 + index) : null
                                    ),
                                    Included = 10,
                                    Withheld = 1,
                                    Unreachable = 1,
                                    Detail = text("The detail."),
                                    Ground = text("The ground."),
                                }
                        )
                    ),
                ]
            ),
            Recipients = locations
                .Where((_, index) => verdicts[index] == Verdict.OwnerAction)
                .ToDictionary(
                    static location => location.Id,
                    _ => new ReportRecipient(
                        Received.AddDays(2),
                        text("private/recipient.json"),
                        text("sha256:5f2c"),
                        HasActed: false,
                        Received.AddDays(4),
                        text("They say that it is gone.")
                    ),
                    StringComparer.Ordinal
                ),
            Holds =
            [
                new DataHold
                {
                    LocationId = locations.FirstOrDefault()?.Id ?? text("none"),
                    Item = text("2026/11/02.avro"),
                    Ground = text("Litigation."),
                    ReviewAt = Received.AddDays(60),
                },
            ],
            Omissions = [new ReportOmission(text("Other people in a shared picture"), text("GDPR, Article 15(4)."))],
            Evidence = new ReportEvidence(
                text("sha256:" + new string('a', 64)),
                text("sha256:" + new string('b', 64)),
                [
                    new ReportCertificate(
                        text("certificate-1.dsse.json"),
                        text("sha256:" + new string('c', 64)),
                        Received.AddDays(19),
                        IsSigned: true
                    ),
                ]
            ),
            Performer = text("runbook iot-dsr (managed identity)"),
            Verifier = text("J. Okafor"),
        };
    }

    public static string Html(ReportModel model)
    {
        using var stream = new MemoryStream();
        HtmlReport.Write(model, stream);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
