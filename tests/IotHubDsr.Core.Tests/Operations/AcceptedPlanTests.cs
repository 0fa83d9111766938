using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>What is erased is within what somebody accepted, on every path; anything more is a further plan.</summary>
public sealed class AcceptedPlanTests
{
    [Fact]
    public async Task Resume_LocationWasUnreadableWhenPlanned_ErasesNothingAndAFurtherPlanDoes()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        sandbox.Server.Access.Denied = [$"blob:{WorldNames.PlainAccount}/raw-json"];
        await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));
        sandbox.Server.Access.Denied = [];
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(3));
        DataRequest request = await sandbox.RequestAsync();

        ErasureReceipt resumed = At(await sandbox.ResumeAsync(request.RequestId), "raw-json");
        DataRequest open = await sandbox.RequestAsync();
        ErasureReceipt further = At(await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"), requestId: request.RequestId), "raw-json");

        Assert.Equal((Verdict.Present, 0L), (resumed.Verdict, resumed.RecordsErased));
        Assert.Contains("does not show", resumed.Detail, StringComparison.Ordinal);
        Assert.Contains("| Remove-IotDeviceData", open.NextAction, StringComparison.Ordinal);
        Assert.True(further.RecordsErased > 0);
        Assert.NotEqual(open.PlanDigest, (await sandbox.RequestAsync()).PlanDigest);
    }

    [Fact]
    public async Task Resume_ThousandsCameAfterThePlan_ErasesNoMoreThanThePlanShows()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        foreach (string container in (string[])["paused-archive", "raw-json"])
            Assert.True(At(plan, container).Finding.RecordCount > 0);
        await sandbox.EraseUntilAsync(plan, request =>
            request.Method == "DELETE" && request.Target.Contains("/commands", StringComparison.Ordinal)
        );
        DateTimeOffset then = sandbox.Server.World.Clock.GetUtcNow();
        string generation = sandbox.Server.World.Registry.Device("dev1").GenerationId;
        foreach (string container in (string[])["paused-archive", "raw-json"])
        {
            Put(
                sandbox,
                container,
                "51",
                Enumerable.Repeat(new RoutedMessage(then, "dev1", generation, "{}"u8.ToArray()) { IsJson = true }, 5000),
                then.AddDays(-20)
            );
        }

        List<ErasureReceipt> receipts = await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId);

        foreach (string container in (string[])["paused-archive", "raw-json"])
        {
            Assert.InRange(At(receipts, container).RecordsErased ?? -1, 1, At(plan, container).Finding.RecordCount);
            Assert.Equal(Verdict.Present, At(receipts, container).Verdict);
        }

        Assert.Contains(sandbox.Reported, fault => fault.Id == "PlanExceeded");
    }

    [Fact]
    public async Task Erase_AnotherWriterAddsThousandsToAPlannedBlobMeanwhile_ErasesNoneOfItsBlob()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        SeenItem planned = At(plan, "raw-json").Finding.Items.First(item => item.Records > 0);
        DateTimeOffset then = sandbox.Server.World.Clock.GetUtcNow();
        string generation = sandbox.Server.World.Registry.Device("dev1").GenerationId;
        List<RoutedMessage> messages =
        [
            .. Enumerable.Repeat(new RoutedMessage(then, "dev1", generation, "{}"u8.ToArray()) { IsJson = true }, 5000),
        ];
        sandbox
            .Server.World.Blobs.GetOrAddAccount(WorldNames.PlainAccount)
            .GetOrAddContainer("raw-json")
            .Put(planned.Path, RoutedFile.Write(messages, RoutedEncoding.Json), new BlobSeed { LastModified = then.AddDays(-20) });

        ErasureReceipt receipt = At(await sandbox.EraseAsync(plan), "raw-json");

        Assert.Equal(100, plan.LateRecords);
        Assert.InRange(receipt.RecordsErased ?? -1, 1, At(plan, "raw-json").Finding.RecordCount);
        Assert.Equal((Verdict.Present, 5000L), (receipt.Verdict, receipt.RecordsRemaining));
        Assert.Contains(sandbox.Reported, fault =>
            fault.Id == "PlanExceeded" && fault.Message.Contains(planned.Path, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Resume_OldRecordsCameWhereThePlanFoundNothing_LeavesThemForAFurtherPlan()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        await sandbox.EraseAsync(await sandbox.PlanAsync("silent-3"));
        DateTimeOffset then = sandbox.Server.World.Clock.GetUtcNow().AddDays(-10);
        Put(
            sandbox,
            "raw-json",
            "52",
            Enumerable.Repeat(new RoutedMessage(then, "silent-3", "g", "{}"u8.ToArray()) { IsJson = true }, 7),
            then
        );
        string requestId = (await sandbox.RequestAsync()).RequestId;
        await sandbox.VerifyAsync(requestId);

        ErasureReceipt receipt = At(await sandbox.ResumeAsync(requestId), "raw-json");

        Assert.Equal((Verdict.Present, 0L, 7L), (receipt.Verdict, receipt.RecordsErased, receipt.RecordsRemaining));
    }

    [Fact]
    public async Task Rehearsal_OrdinaryDevice_ComesToClosed()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        await sandbox.EraseAsync(await sandbox.PlanAsync(includeOldVersions: true, "th-001"));
        DataRequest request = await sandbox.RequestAsync();
        for (int week = 1; week < 30 && request.Status != DataRequestStatus.Closed; week++)
        {
            foreach (
                DataRequestLocation place in request.Locations.Where(place =>
                    place is { Verdict: Verdict.OwnerAction, IsOwnerActionDone: false }
                )
            )
            {
                await sandbox.ChangeAsync(
                    new OwnerActionOptions
                    {
                        RequestId = request.RequestId,
                        LocationId = place.LocationId,
                        Note = "Erased by its owner",
                    }
                );
            }

            if (
                request.Locations.Any(place => place.Verdict == Verdict.Present)
                && sandbox.Reported.Any(fault => fault.Id == "OldCopyDiffers")
            )
            {
                DeleteOldCopies(sandbox);
            }

            if (request.NextAction?.Contains("further plan", StringComparison.Ordinal) == true)
                await sandbox.EraseAsync(await sandbox.PlanAsync(includeOldVersions: true, "th-001"), requestId: request.RequestId);
            else
                await sandbox.ResumeAsync(request.RequestId);
            sandbox.Server.World.Clock.Advance(TimeSpan.FromDays(7));
            request = await sandbox.RequestAsync();
        }

        Assert.True(
            request.Status == DataRequestStatus.Closed,
            $"{request.Status}: {request.NextAction}\n{string.Join('\n', request.Locations.Select(place => $"{place} {place.RecordsRemaining} {place.Until:u}"))}"
        );
    }

    [Fact]
    public async Task Resume_LastBatchAndTheRecordOfTheDeletionArriveLate_ErasesThemUnderThePlan()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        ErasureReceipt first = At(await sandbox.EraseAsync(await sandbox.PlanAsync("th-001")), "raw-json");
        sandbox.Server.World.Clock.Advance(TimeSpan.FromHours(2));

        ErasureReceipt receipt = At(await sandbox.ResumeAsync((await sandbox.RequestAsync()).RequestId), "raw-json");

        Assert.Equal(Verdict.ErasurePending, first.Verdict);
        Assert.Equal((Verdict.Erased, 0L), (receipt.Verdict, receipt.RecordsRemaining));
        Assert.True(receipt.RecordsErased > first.RecordsErased);
    }

    [Fact]
    public async Task Remove_RequestHasAPlan_MakesAFurtherOneThatEndsWhatOldVersionsKept()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        List<ErasureReceipt> first = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));
        DataRequest request = await sandbox.RequestAsync();

        List<ErasureReceipt> further = await sandbox.EraseAsync(
            await sandbox.PlanAsync(includeOldVersions: true, "dev1"),
            requestId: request.RequestId
        );

        // What stays is what OldCopyDiffers tells of.
        Assert.Contains("| Remove-IotDeviceData", request.NextAction, StringComparison.Ordinal);
        Assert.True(Present(further).Sum(receipt => receipt.RecordsRemaining) < Present(first).Sum(receipt => receipt.RecordsRemaining));
        Assert.True(further.Sum(receipt => receipt.RecordsErased) > first.Sum(receipt => receipt.RecordsErased));
        Assert.All(further, receipt => Assert.True((receipt.RecordsPlanned ?? 0) >= (receipt.RecordsErased ?? 0), receipt.ToString()));
        string journal = await File.ReadAllTextAsync(Path.Combine(sandbox.RequestStore, request.RequestId, "journal.jsonl"));
        Assert.Contains($"\"follows\":\"{request.PlanDigest}\"", journal, StringComparison.Ordinal);
        Assert.All(await sandbox.CheckAsync([.. (await sandbox.RequestAsync()).Certificates.Select(one => one.Path!)]), check =>
            Assert.True(check.IsValid, check.Reason)
        );
    }

    [Fact]
    public async Task OwnerNote_OnAPresentPlace_IsRefusedWithWhatToDo()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync(sharesClock: true);
        await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));
        DataRequest request = await sandbox.RequestAsync();
        DataRequestLocation present = request.Locations.First(place => place.Verdict == Verdict.Present);

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.ChangeAsync(
                new OwnerActionOptions
                {
                    RequestId = request.RequestId,
                    LocationId = present.LocationId,
                    Note = "Done",
                }
            )
        );

        Assert.Equal("OwnerNotAsked", refused.Fault.Id);
        Assert.Contains("-IncludeOldVersions", refused.Fault.RecommendedAction, StringComparison.Ordinal);
    }

    private static IEnumerable<ErasureReceipt> Present(List<ErasureReceipt> receipts) =>
        receipts.Where(receipt => receipt.Verdict == Verdict.Present);

    /// <summary>What OldCopyDiffers asks a person to do by hand.</summary>
    private static void DeleteOldCopies(RequestSandbox sandbox)
    {
        foreach (BlobContainer container in sandbox.Server.World.Blobs.GetOrAddAccount(WorldNames.VersionedAccount).Containers)
        {
            lock (container.Gate)
            {
                foreach (string name in container.List(includeOld: true).Select(blob => blob.Name).Distinct().ToList())
                {
                    if (container.TryGetEntry(name, out BlobEntry? entry))
                        entry.Old.ToList().ForEach(entry.DeletePermanently);
                }
            }
        }
    }

    private static ErasureReceipt At(List<ErasureReceipt> receipts, string container) =>
        receipts.Single(receipt => receipt.Location.Place.EndsWith("/" + container, StringComparison.Ordinal));

    private static ErasureStep At(ErasurePlan plan, string container) =>
        plan.Steps.Single(step => step.Location.Place.EndsWith("/" + container, StringComparison.Ordinal));

    private static void Put(
        RequestSandbox sandbox,
        string container,
        string partition,
        IEnumerable<RoutedMessage> messages,
        DateTimeOffset modified
    ) =>
        sandbox
            .Server.World.Blobs.GetOrAddAccount(WorldNames.PlainAccount)
            .GetOrAddContainer(container)
            .Put(
                $"{WorldNames.HubName}/{partition}/2026/01/01/00/00.json",
                RoutedFile.Write([.. messages], RoutedEncoding.Json),
                new BlobSeed { LastModified = modified }
            );
}
