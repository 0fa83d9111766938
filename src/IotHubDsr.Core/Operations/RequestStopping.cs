using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Stores;

namespace IotHubDsr.Core.Operations;

/// <summary>Ends the run of a request, wherever it runs, and what workers do for it; and waits until it has ended.</summary>
internal sealed class RequestStopping(IEvidenceStore store, OperationEvents events, TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>A run looks every few seconds, and ends when the call that it is making has been answered.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    /// <exception cref="DsrException">Nobody works on the request.</exception>
    public async Task RunAsync(string requestId, CancellationToken cancellationToken)
    {
        StoredRequest found = await OpenRequest.ReadAsync(store, requestId, cancellationToken);
        await StoreGuard.RunAsync(store, async () =>
        {
            await AskAsync(found, cancellationToken);
            return true;
        });
        long begun = time.GetTimestamp();
        while (await HolderAsync(found.Folder, cancellationToken) is { } holder)
        {
            if (time.GetElapsedTime(begun) > s_patience)
            {
                string text = $"The run of request {requestId} by {holder} was told to end, and has not ended yet.";
                await events.EmitAsync(new NoticeEvent(NoticeLevel.Warning, text), cancellationToken);
                break;
            }

            await events.EmitAsync(new ProgressEvent(null, requestId, $"waiting for {holder} to end"), cancellationToken);
            await Task.Delay(s_pause, time, cancellationToken);
        }

        await events.OutputAsync(await new RequestView(store, time).ReadAsync(requestId, cancellationToken), cancellationToken);
    }

    private async Task AskAsync(StoredRequest found, CancellationToken cancellationToken)
    {
        string[] works = [.. found.State.OpenWorks];
        bool isHeld = await found.Folder.ReadHolderAsync(cancellationToken) is not null;
        if (!found.State.IsRunOpen || (!isHeld && works.Length == 0))
            throw FaultCatalogue.RequestNotRunning.Exception(found.Folder.RequestId);
        await found.Folder.SaveAsync(EvidenceFiles.Stop(found.State.Runs), "stop\n"u8.ToArray(), cancellationToken);
        if (store is not ISegmentStore segments)
            return;
        foreach (string work in works)
            await new UnitFiles(segments.OpenSegments(found.Folder.RequestId), work).StopAsync(cancellationToken);
    }

    private Task<string?> HolderAsync(IEvidenceFolder folder, CancellationToken cancellationToken) =>
        StoreGuard.RunAsync(store, () => folder.ReadHolderAsync(cancellationToken));
}
