using IotHubDsr.Core.Sinks;
using IotHubDsr.Sandbox.World;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.RoutedBlobs;

/// <summary>Somebody else works on the same blob.</summary>
public sealed class RewriteRaceTests
{
    private const string Blob = "contoso-hub/0/2026/01/05/08/00";

    [Fact]
    public async Task Erase_BlobChangedBeforeTheCommit_StartsAgainAndLosesNoUpdate()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put(Blob, Messages(10, Alice, Bob));
        List<RoutedMessage> updated = Messages(30, Alice, Bob, Carol);
        int changes = 0;
        sandbox.OnAnnounce = () =>
        {
            if (changes++ == 0)
                sandbox.Put(Blob, updated);
        };

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal(2, changes);
        Assert.Equal(10, outcome.RecordsErased);
        Assert.Equal(TextWithout(updated, Alice), sandbox.Text(Blob));
    }

    [Fact]
    public async Task Erase_BlobChangedDuringEachAttempt_IsLeftToTheOther()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = Messages(10, Alice, Bob);
        sandbox.Put(Blob, messages);
        sandbox.OnAnnounce = () => sandbox.Put(Blob, messages);

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal(("ConcurrentChange", 0), (outcome.Fault?.Id, outcome.RecordsErased));
        Assert.Equal(TextWithout(messages), sandbox.Text(Blob));
    }

    [Fact]
    public async Task Erase_SameBlobForDifferentSubjectsAtOnce_RemovesBothAndNobodyElse()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        for (int round = 0; round < 5; round++)
        {
            sandbox.UseContainer($"race-{round}");
            List<RoutedMessage> messages = Messages(400, Alice, Bob, Carol, "Alice");
            sandbox.Put(Blob, messages);
            IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice, Bob);

            IReadOnlyList<ErasureOutcome>[] outcomes = await Task.WhenAll(sandbox.EraseAsync(found[0]), sandbox.EraseAsync(found[1]));

            Assert.All(outcomes, outcome => Assert.Equal((null, 100), (outcome[0].Fault, outcome[0].RecordsErased)));
            Assert.Equal(TextWithout(messages, Alice, Bob), sandbox.Text(Blob));
        }
    }

    [Fact]
    public async Task Erase_SubjectErasedBySomebodyElseMeanwhile_ClaimsNothingForItself()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put(Blob, Messages(30, Alice, Bob, Carol));
        sandbox.OnAnnounce = () => sandbox.Put(Blob, Messages(10, Carol));

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal((null, 0, 0), (outcome.Fault, outcome.RecordsErased, outcome.ItemsChanged));
    }

    [Fact]
    public async Task Erase_AnswerToTheCommitIsLost_CountsTheWorkOnce()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = Messages(10, Alice, Bob);
        sandbox.Put(Blob, messages);
        int lost = 0;
        sandbox.Wire.LoseResponse = request =>
            request.RequestUri!.Query.Contains("comp=blocklist", StringComparison.Ordinal)
            && request.Method == HttpMethod.Put
            && lost++ == 0;

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal((null, 5, 1), (outcome.Fault, outcome.RecordsErased, outcome.ItemsChanged));
        Assert.Equal(TextWithout(messages, Alice), sandbox.Text(Blob));
    }

    [Fact]
    public async Task Erase_EveryAnswerToTheCommitIsLost_LooksAtTheBlobAndCountsTheWork()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = Messages(10, Alice, Bob);
        sandbox.Put(Blob, messages);
        sandbox.Location = sandbox.Location with { FlushTime = TimeSpan.FromMinutes(4) };
        sandbox.Wire.LoseResponse = request =>
            request.RequestUri!.Query.Contains("comp=blocklist", StringComparison.Ordinal) && request.Method == HttpMethod.Put;

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        // The blob is young now, by our own doing.
        Assert.Equal((null, 5, null), (outcome.Fault, outcome.RecordsErased, outcome.Verdict));
        Assert.Equal(TextWithout(messages, Alice), sandbox.Text(Blob));
    }

    [Fact]
    public async Task Erase_HubWritesToTheBlobMeanwhile_LeavesItToTheHubUntilItIsDone()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        List<RoutedMessage> messages = Messages(10, Alice, Bob);
        sandbox.Put(Blob, messages);
        sandbox.Location = sandbox.Location with { FlushTime = TimeSpan.FromMinutes(4) };
        sandbox.OnAnnounce = () => sandbox.Container.Put(Blob, RoutedFile.Write(messages, RoutedEncoding.Json));

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal((Verdict.ErasurePending, 0), (outcome.Verdict, outcome.RecordsErased));
        Assert.Equal(sandbox.Current(Blob).LastModified.AddMinutes(4).ToUnixTimeSeconds(), outcome.Until?.ToUnixTimeSeconds());
        Assert.Equal(TextWithout(messages), sandbox.Text(Blob));
    }

    [Fact]
    public async Task Erase_YoungBlob_SendsNothingUntilItsTimeHasPassed()
    {
        await using ArchiveSandbox sandbox = await StartAsync();
        sandbox.Put("old", Messages(10, Alice, Bob));
        sandbox.Container.Put("young", RoutedFile.Write(Messages(10, Alice, Bob), RoutedEncoding.Json));
        sandbox.Location = sandbox.Location with { FlushTime = TimeSpan.FromMinutes(4) };

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal((Verdict.ErasurePending, 5), (outcome.Verdict, outcome.RecordsErased));
        Assert.Equal(["young"], outcome.Left);
        Assert.DoesNotContain(sandbox.Mutations, request => request.Contains("/young", StringComparison.Ordinal));

        sandbox.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal((null, 5), (await sandbox.EraseAsync(Alice)) is var again ? (again.Verdict, again.RecordsErased) : default);
    }
}
