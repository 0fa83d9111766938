using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Writes a request file for each recipient that no sink reaches (GDPR, Article 19), once for each request: a person hands it over, and
/// notes the answer.
/// </summary>
internal sealed class RecipientAsking(
    OpenRequest open,
    HubLocations locations,
    RecordScope scope,
    RecipientOptions options,
    OperationEvents events
)
{
    /// <summary>
    /// A recipient can be asked for all that they hold of a device, and for nothing less: of one incarnation or window they would erase too
    /// much.
    /// </summary>
    private bool IsWhole => scope is { GenerationId: null, StartTime: null, EndTime: null };

    public async Task RunAsync(IEnumerable<DataLocation> planned, CancellationToken cancellationToken)
    {
        List<DataLocation> recipients =
        [
            .. planned
                .DistinctBy(location => location.Id, StringComparer.Ordinal)
                .Where(location => SinkCatalogue.Has(location.Kind, PlaceTraits.HasRecipient) && locations.SinkOf(location) is null)
                .Where(location => open.State.RecipientOf(location.Id).Digest is null && !open.State.HasOwnerActed(location.Id)),
        ];
        if (recipients.Count > 0 && !IsWhole)
        {
            string text =
                $"No request files are written for {Counted.Of(recipients.Count, "recipient")}: the request is about {scope.Anonymous}, "
                + "which such a file cannot say.";
            await events.EmitAsync(new NoticeEvent(NoticeLevel.Verbose, text), cancellationToken);
            return;
        }

        foreach (DataLocation location in recipients)
            await AskAsync(location, cancellationToken);
    }

    private async Task AskAsync(DataLocation location, CancellationToken cancellationToken)
    {
        string name = EvidenceFiles.Recipient(location.Id);
        string digest = await StoreGuard.RunAsync(open.Folder.StorePlace, async () =>
        {
            // A run that ended between the file and its line has left one: it may have been handed over.
            if (await open.Folder.ReadAsync(name, cancellationToken) is { } left)
                return Digests.Of(left);
            byte[] content = RecipientRequest.Write(open.DeviceIds, open.State.Registration!.ReceivedAt, options);
            await open.Folder.SaveAsync(name, content, cancellationToken);
            return Digests.Of(content);
        });
        await open.Journal.AppendAsync(new RecipientAsked(location.Id, digest), cancellationToken);
        string text = $"{location}: the request for its recipient is {open.Folder.PlaceOf(name)}.";
        await events.EmitAsync(new NoticeEvent(NoticeLevel.Verbose, text), cancellationToken);
    }
}
