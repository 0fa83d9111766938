using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Sinks.Registry;

/// <summary>
/// Deletes devices in the state in which they were found. A device that changed since is read again: the same device is deleted in its
/// new state, another one that took its ID is left alone.
/// </summary>
internal sealed class RegistryErasure(HubClient hub, SinkCall call)
{
    private const int MaxAttempts = 3;

    /// <summary>
    /// Gives one outcome for each finding, in the order in which they were found. Nothing is thrown once something was deleted, because the
    /// outcome of each device would be lost.
    /// </summary>
    public IUnitWork<IReadOnlyList<ErasureOutcome>> Work(IReadOnlyList<DeviceDataFinding> findings) =>
        UnitWork.OfGroups(findings, BulkDeletion.MaxDevices, EraseAsync, inOrder: true);

    private async Task<IReadOnlyList<ErasureOutcome>> EraseAsync(
        IReadOnlyList<DeviceDataFinding> findings,
        CancellationToken cancellationToken
    )
    {
        DeviceDataFinding[] deletable = [.. findings.Where(finding => SeenETag(finding) is not null)];
        IReadOnlyList<ErasureOutcome> deleted = deletable switch
        {
            [] => [],
            [var only] => [await EraseAsync(only, SeenETag(only), MaxAttempts, cancellationToken)],
            _ => await EraseBatchAsync(deletable, cancellationToken),
        };
        var outcomes = deleted.ToDictionary(outcome => outcome.DeviceId, StringComparer.Ordinal);
        return
        [
            .. findings.Select(finding =>
                outcomes.GetValueOrDefault(finding.DeviceId) ?? new ErasureOutcome(finding.DeviceId, RecordsErased: 0, ItemsChanged: 0)
            ),
        ];
    }

    private static string? SeenETag(DeviceDataFinding finding)
    {
        string path = DeviceRecord.PathOf(finding.DeviceId);
        return finding.Items.FirstOrDefault(item => item.Path == path)?.ETag;
    }

    /// <summary>Reported where it happens: a second reading of the registry shows that the device exists, but not why.</summary>
    private async Task<ErasureOutcome> FailedAsync(DeviceDataFinding finding, Fault fault, CancellationToken cancellationToken)
    {
        await call.ReportAsync(fault, cancellationToken);
        return new ErasureOutcome(finding.DeviceId, 0, 0) { Fault = fault };
    }

    private static ErasureOutcome Outcome(DeviceDataFinding finding, DeletionResult result) =>
        result == DeletionResult.Deleted
            ? new ErasureOutcome(finding.DeviceId, finding.RecordCount, finding.Items.Count)
            : new ErasureOutcome(finding.DeviceId, 0, 0) { Detail = "Someone else had already deleted the device." };

    private async Task<IReadOnlyList<ErasureOutcome>> EraseBatchAsync(DeviceDataFinding[] batch, CancellationToken cancellationToken)
    {
        ConditionalDeletion[] deletions =
        [
            .. batch.Select(static finding => new ConditionalDeletion(finding.DeviceId, SeenETag(finding)!)),
        ];
        IReadOnlyList<BulkDeletionOutcome> results;
        try
        {
            var what = new Announcement(
                $"deletes {Counted.Of(batch.Length, "device")} if their ETags are still the same",
                [.. batch.Select(ItemOf)]
            );
            results = await hub.DeleteIdentitiesAsync(deletions, token => call.AnnounceAsync(what, token), cancellationToken);
        }
        catch (DsrException exception)
        {
            return await Task.WhenAll(batch.Select(finding => FailedAsync(finding, exception.Fault, cancellationToken)));
        }

        return await call.Gate.SelectAsync(
            [.. batch.Zip(results)],
            (pair, token) =>
                pair.Second switch
                {
                    { Fault: { } fault } => FailedAsync(pair.First, fault, token),
                    { Result: DeletionResult.PreconditionFailed } => EraseAsync(pair.First, seenETag: null, MaxAttempts - 1, token),
                    { Result: var result } => Task.FromResult(Outcome(pair.First, result!.Value)),
                },
            cancellationToken
        );
    }

    /// <param name="finding">What was found.</param>
    /// <param name="seenETag">The ETag that the device should have; null when it is known to have changed.</param>
    /// <param name="attempts">How many deletions may be tried.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async Task<ErasureOutcome> EraseAsync(
        DeviceDataFinding finding,
        string? seenETag,
        int attempts,
        CancellationToken cancellationToken
    )
    {
        string deviceId = finding.DeviceId;
        try
        {
            for (string? etag = seenETag; attempts > 0; attempts--, etag = null)
            {
                if (etag is null)
                {
                    if (await hub.GetIdentityAsync(deviceId, cancellationToken) is not { } identity)
                        return Outcome(finding, DeletionResult.Absent);
                    if (identity.GenerationId != finding.GenerationId)
                        throw FaultCatalogue.DeviceRecreated.Exception(deviceId, PerDevice.MadeAgain);
                    etag = identity.ETag;
                }

                var what = new Announcement($"deletes the device '{deviceId}' if its ETag is still {etag}", [ItemOf(finding)]);
                DeletionResult result = await hub.DeleteIdentityAsync(
                    deviceId,
                    etag,
                    token => call.AnnounceAsync(what, token),
                    cancellationToken
                );
                if (result != DeletionResult.PreconditionFailed)
                    return Outcome(finding, result);
            }

            throw FaultCatalogue.ConcurrentChange.Exception($"The device '{deviceId}'", MaxAttempts);
        }
        catch (DsrException exception)
        {
            return await FailedAsync(finding, exception.Fault, cancellationToken);
        }
    }

    /// <summary>The device goes with its modules and their twins.</summary>
    private static AnnouncedItem ItemOf(DeviceDataFinding finding) =>
        new(DeviceRecord.PathOf(finding.DeviceId), finding.DeviceId, finding.RecordCount, finding.Items.Count);
}
