using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Sandbox.Hub;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>Where somebody else has to act, a file asks them to, once; their answer is noted with its date; the certificate shows both.</summary>
public sealed class RecipientTests
{
    private static readonly string[] Asked =
    [
        LocationKinds.AzureFunction,
        LocationKinds.DeviceRegistryNamespace,
        LocationKinds.DeviceUpdateInstance,
        LocationKinds.EventHandler,
        LocationKinds.FabricEventstream,
        LocationKinds.HybridConnection,
        LocationKinds.PartnerSolution,
        LocationKinds.SystemGeneratedLogs,
        LocationKinds.UnknownSink,
        LocationKinds.Webhook,
    ];

    [Fact]
    public async Task Erase_WritesARequestForEachRecipient_AndForNobodyElse()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        await sandbox.EraseAsync(await sandbox.PlanAsync("dev1", "it's"));

        DataRequest request = await sandbox.RequestAsync();

        List<DataRequestLocation> recipients = [.. request.Locations.Where(location => location.RequestFile is not null)];
        Assert.All(request.Locations, location => Assert.Equal(Asked.Contains(location.Kind), location.RequestFile is not null));
        Assert.Contains(recipients, location => location.Kind == LocationKinds.Webhook);
        Assert.Contains(recipients, location => location.Kind == LocationKinds.UnknownSink);
        Assert.All(recipients, location =>
        {
            byte[] content = File.ReadAllBytes(location.RequestFile!);
            Assert.Equal(Digests.Of(content), location.RequestFileDigest);
            Assert.NotNull(location.RequestedAt);
        });
        Assert.Distinct(recipients.Select(location => location.RequestFileDigest));
        using var file = JsonDocument.Parse(File.ReadAllBytes(recipients[0].RequestFile!));
        Assert.Equal(
            ["regulation", "subject_request_id", "subject_request_type", "submitted_time", "subject_identities", "api_version"],
            file.RootElement.EnumerateObject().Select(member => member.Name)
        );
        Assert.Equal("erasure", file.RootElement.GetProperty("subject_request_type").GetString());
        Assert.Equal("2.0", file.RootElement.GetProperty("api_version").GetString());
        Assert.Equal(
            $"{request.ReceivedAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}",
            file.RootElement.GetProperty("submitted_time").GetString()
        );
        Assert.Matches(
            "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
            file.RootElement.GetProperty("subject_request_id").GetString()
        );
        Assert.Equal(
            [("controller_customer_id", Sha256("dev1"), "sha256"), ("controller_customer_id", Sha256("it's"), "sha256")],
            Identities(file).OrderBy(identity => identity.Value == Sha256("it's"))
        );
    }

    [Fact]
    public async Task Erase_WithRawIdentitiesAndCallbacks_SaysSo()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("it's");
        await sandbox.RemoveAsync(
            sandbox.Removal(plan) with
            {
                Recipients = new RecipientOptions
                {
                    NamesDevices = true,
                    StatusCallbackUrls = [new Uri("https://contoso.example/callbacks?a=1&b=2")],
                },
            }
        );

        DataRequestLocation webhook = Webhook(await sandbox.RequestAsync());

        using var file = JsonDocument.Parse(File.ReadAllBytes(webhook.RequestFile!));
        Assert.Equal([("controller_customer_id", "it's", "raw")], Identities(file));
        Assert.Equal(
            ["https://contoso.example/callbacks?a=1&b=2"],
            file.RootElement.GetProperty("status_callback_urls").EnumerateArray().Select(url => url.GetString())
        );
    }

    [Fact]
    public async Task Resume_OfARunThatEndedBeforeItAsked_TellsRecipientsWhatTheErasureSaid()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        var said = new RecipientOptions { NamesDevices = true, StatusCallbackUrls = [new Uri("https://contoso.example/callbacks?a=1")] };
        await sandbox.EraseUntilAsync(await sandbox.PlanAsync("it's"), static request => request.Mutating, recipients: said);
        DataRequest begun = await sandbox.RequestAsync();

        await sandbox.ResumeAsync(begun.RequestId);

        Assert.Null(Webhook(begun).RequestFile);
        using var file = JsonDocument.Parse(File.ReadAllBytes(Webhook(await sandbox.RequestAsync()).RequestFile!));
        Assert.Equal([("controller_customer_id", "it's", "raw")], Identities(file));
        Assert.Equal(
            ["https://contoso.example/callbacks?a=1"],
            file.RootElement.GetProperty("status_callback_urls").EnumerateArray().Select(url => url.GetString())
        );
    }

    [Fact]
    public async Task Terms_ThatWereSaidLast_Count()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        string id = (await sandbox.RegisterAsync(null, "dev1")).RequestId;
        IEvidenceFolder folder = new FolderEvidence(sandbox.RequestStore).Open(id);
        var raw = new RecipientOptions { NamesDevices = true };
        List<bool> read = [];
        foreach (RecipientOptions said in (RecipientOptions[])[new(), raw, raw, new(), raw])
        {
            await RecipientTerms.SaveAsync(folder, said, CancellationToken.None);
            read.Add((await RecipientTerms.ReadAsync(folder, CancellationToken.None)).NamesDevices);
        }

        Assert.Equal([false, true, true, false, true], read);
        Assert.Equal(
            3,
            (await folder.ListAsync(CancellationToken.None)).Count(name => EvidenceFiles.RecipientTermsNumber(name) is not null)
        );
    }

    [Fact]
    public async Task Resume_WritesNothingTwice()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        string id = (await sandbox.EraseAsync(await sandbox.PlanAsync("dev1")))[0].RequestId;
        DataRequestLocation before = Webhook(await sandbox.RequestAsync());
        byte[] content = File.ReadAllBytes(before.RequestFile!);

        await sandbox.ResumeAsync(id);
        await sandbox.VerifyAsync(id);

        DataRequest after = await sandbox.RequestAsync();
        Assert.Equal((before.RequestFileDigest, before.RequestedAt), (Webhook(after).RequestFileDigest, Webhook(after).RequestedAt));
        Assert.Equal(content, File.ReadAllBytes(before.RequestFile!));
        Assert.Equal(
            after.Locations.Count(location => location.RequestFile is not null),
            Lines(sandbox, id).Count(line => line.Contains("\"recipient-asked\"", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task Resume_AfterARunThatEndedBetweenFileAndLine_KeepsTheFile()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        DataRequest registered = await sandbox.RegisterAsync(null, "dev1");
        string id = registered.RequestId;
        string webhook = plan.Steps.First(step => step.Location.Kind == LocationKinds.Webhook).Location.Id;
        string path = Path.Combine(sandbox.RequestStore, id, "private", $"recipient-{webhook}.json");
        await File.WriteAllTextAsync(path, """{"subject_request_id":"of the run that ended"}""");

        await sandbox.EraseAsync(plan, requestId: id);

        DataRequestLocation location = Webhook(await sandbox.RequestAsync());
        Assert.Equal((path, Digests.Of(File.ReadAllBytes(path))), (location.RequestFile, location.RequestFileDigest));
        Assert.Contains("of the run that ended", await File.ReadAllTextAsync(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ForOneIncarnation_AsksNobodyToEraseMore()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        var window = new RecordScope { StartTime = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) };
        await sandbox.EraseAsync(await sandbox.PlanAsync(window, "dev1"));

        Assert.All((await sandbox.RequestAsync()).Locations, location => Assert.Null(location.RequestFile));
    }

    [Fact]
    public async Task Answer_IsNotedWithItsDate_AndTheNextCertificateShowsBoth()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        string id = (await sandbox.EraseAsync(await sandbox.PlanAsync("dev1")))[0].RequestId;
        sandbox.Server.World.Clock.Advance(TimeSpan.FromDays(3));

        // The services tell the time with the next answer.
        await sandbox.LocationsAsync();
        DateTimeOffset answeredAt = sandbox.Server.World.Clock.GetUtcNow().AddDays(-1);
        DataRequestLocation webhook = Webhook(await sandbox.RequestAsync());

        DataRequest noted = await sandbox.ChangeAsync(
            new OwnerActionOptions
            {
                RequestId = id,
                LocationId = webhook.LocationId,
                Note = "Petra of dev1 says it is gone",
                ActedAt = answeredAt,
            }
        );
        await sandbox.ResumeAsync(id);

        Assert.Equal(
            (true, answeredAt, "Petra of dev1 says it is gone"),
            (Webhook(noted).IsOwnerActionDone, Webhook(noted).OwnerActionAt, Webhook(noted).OwnerActionNote)
        );
        DataRequest after = await sandbox.RequestAsync();
        List<ErasureCertificateCheck> checks = await sandbox.CheckAsync([.. after.Certificates.Select(one => one.Path!)]);
        Assert.All(checks, check => Assert.True(check.IsValid, check.Reason));
        CertifiedLocation[] certified =
        [
            .. checks.Select(check => check.Locations.Single(location => location.LocationId == webhook.LocationId)),
        ];
        Assert.All(certified, one =>
            Assert.Equal((webhook.RequestFileDigest, webhook.RequestedAt), (one.RequestFileDigest, one.RequestedAt))
        );
        Assert.Equal([null, answeredAt], certified.Select(one => one.OwnerActionAt));
        string evidence = string.Concat(Lines(sandbox, id)) + await File.ReadAllTextAsync(after.Certificates[^1].Path!);
        Assert.All(["Petra", "dev1", Sha256("dev1")], text => Assert.DoesNotContain(text, evidence, StringComparison.Ordinal));
        Assert.Equal(Verdict.OwnerAction, certified[1].Verdict);
    }

    [Fact]
    public async Task Report_NamesTheRequestAndTheAnswer()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        string id = (await sandbox.EraseAsync(await sandbox.PlanAsync("dev1")))[0].RequestId;
        DataRequestLocation webhook = Webhook(await sandbox.RequestAsync());
        await sandbox.ChangeAsync(
            new OwnerActionOptions
            {
                RequestId = id,
                LocationId = webhook.LocationId,
                Note = "Ticket 4711",
            }
        );

        string page = await File.ReadAllTextAsync((await sandbox.ReportAsync(id, "report.html")).Path);

        Assert.Contains($"private/recipient-{webhook.LocationId}.json", page, StringComparison.Ordinal);
        Assert.Contains(webhook.RequestFileDigest!, page, StringComparison.Ordinal);
        Assert.Contains("Ticket 4711", page, StringComparison.Ordinal);
        Assert.Contains("Request for a recipient written", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_OfBeforeTheDeviceWasDeleted_IsNoAnswer_AndTheRecipientIsAsked()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        string id = (await sandbox.RegisterAsync(null, "dev1")).RequestId;
        string webhook = plan.Steps.First(step => step.Location.Kind == LocationKinds.Webhook).Location.Id;
        await sandbox.ChangeAsync(
            new OwnerActionOptions
            {
                RequestId = id,
                LocationId = webhook,
                Note = "It is gone",
            }
        );
        sandbox.Server.World.Clock.Advance(TimeSpan.FromDays(3));

        await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"), requestId: id);

        DataRequestLocation location = Webhook(await sandbox.RequestAsync());
        Assert.False(location.IsOwnerActionDone);
        Assert.NotNull(location.RequestFile);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Answer_OfBeforeSomebodyElseDeletedTheDevice_IsNoAnswer(bool isDeclined)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        if (isDeclined)
            await sandbox.EraseAsync(plan, static step => step.Location.Kind != LocationKinds.DeviceRegistry);
        else
            await sandbox.EraseUntilAsync(plan, static request => request.Mutating);
        DataRequest begun = await sandbox.RequestAsync();
        DataRequestLocation webhook = Webhook(begun);
        var answer = new OwnerActionOptions
        {
            RequestId = begun.RequestId,
            LocationId = webhook.LocationId,
            Note = "It is gone",
        };
        await AdvanceAsync(sandbox, 2);
        bool isNoted = Webhook(await sandbox.ChangeAsync(answer)).IsOwnerActionDone;

        // The device goes on sending until it is deleted in the portal.
        await AdvanceAsync(sandbox, 8);
        HubRegistry registry = sandbox.Server.World.Registry;
        lock (registry.Gate)
            registry.Delete(registry.Device("dev1"));
        await AdvanceAsync(sandbox, 1);
        await sandbox.ResumeAsync(begun.RequestId);
        bool counts = Webhook(await sandbox.RequestAsync()).IsOwnerActionDone;
        await sandbox.ChangeAsync(answer with { Note = "What came since is gone as well" });

        Assert.Equal((true, false), (isNoted, counts));
        Assert.True(Webhook(await sandbox.RequestAsync()).IsOwnerActionDone);
    }

    [Fact]
    public async Task Answer_ToAPlanAboutAWindow_IsNoneToAFurtherOneAboutEverything_AndTheRecipientIsAsked()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        var window = new RecordScope { StartTime = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) };
        string id = (await sandbox.EraseAsync(await sandbox.PlanAsync(window, "dev1")))[0].RequestId;
        string webhook = Webhook(await sandbox.RequestAsync()).LocationId;
        var answer = new OwnerActionOptions
        {
            RequestId = id,
            LocationId = webhook,
            Note = "What we got since January is gone",
        };
        await sandbox.ChangeAsync(answer);
        await sandbox.ResumeAsync(id);
        bool isDone = Webhook(await sandbox.RequestAsync()).IsOwnerActionDone;

        await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"), requestId: id);
        DataRequestLocation after = Webhook(await sandbox.RequestAsync());

        Assert.Equal((true, false, false), (isDone, after.IsOwnerActionDone, after.RequestFile is null));

        // An answer about everything is one about any part of it.
        await sandbox.ChangeAsync(answer with { Note = "All is gone" });
        await sandbox.EraseAsync(await sandbox.PlanAsync(window, "dev1"), requestId: id);
        Assert.True(Webhook(await sandbox.RequestAsync()).IsOwnerActionDone);
    }

    [Theory]
    [InlineData(2, "that is in the future")]
    [InlineData(-40, "the request had not been received then")]
    public async Task Answer_AtATimeThatCannotBe_IsRefused(int days, string reason)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        string id = (await sandbox.EraseAsync(await sandbox.PlanAsync("dev1")))[0].RequestId;
        DataRequestLocation webhook = Webhook(await sandbox.RequestAsync());

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.ChangeAsync(
                new OwnerActionOptions
                {
                    RequestId = id,
                    LocationId = webhook.LocationId,
                    Note = "x",
                    ActedAt = TimeProvider.System.GetUtcNow().AddDays(days),
                }
            )
        );

        Assert.Equal("InvalidActionTime", refused.Fault.Id);
        Assert.Contains(reason, refused.Fault.Message, StringComparison.Ordinal);
        Assert.False(Webhook(await sandbox.RequestAsync()).IsOwnerActionDone);
    }

    [Fact]
    public async Task DestroyKey_TakesTheFilesWithIt_AndTheirDigestsStay()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        string id = (await sandbox.EraseAsync(await sandbox.PlanAsync("dev1")))[0].RequestId;
        DataRequestLocation before = Webhook(await sandbox.RequestAsync());

        DataRequest after = await sandbox.ChangeAsync(new AnonymiseOptions { RequestId = id, Reason = "A test" });

        Assert.False(File.Exists(before.RequestFile));
        Assert.Equal((null, before.RequestFileDigest), (Webhook(after).RequestFile, Webhook(after).RequestFileDigest));
    }

    /// <summary>Days pass; the services tell the time with the next answer.</summary>
    private static async Task AdvanceAsync(RequestSandbox sandbox, int days)
    {
        sandbox.Server.World.Clock.Advance(TimeSpan.FromDays(days));
        await sandbox.LocationsAsync();
    }

    private static DataRequestLocation Webhook(DataRequest request) =>
        request.Locations.First(location => location.Kind == LocationKinds.Webhook);

    private static string[] Lines(RequestSandbox sandbox, string id) =>
        File.ReadAllLines(Path.Combine(sandbox.RequestStore, id, "journal.jsonl"));

    private static string Sha256(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant();

    private static List<(string Type, string Value, string Format)> Identities(JsonDocument file) =>
        [
            .. file
                .RootElement.GetProperty("subject_identities")
                .EnumerateArray()
                .Select(identity =>
                    (
                        identity.GetProperty("identity_type").GetString()!,
                        identity.GetProperty("identity_value").GetString()!,
                        identity.GetProperty("identity_format").GetString()!
                    )
                ),
        ];
}
