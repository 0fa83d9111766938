using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Evidence.Stores;
using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Distribution;

/// <summary>
/// The plan of a request, as a worker has checked it itself: it is the one that the journal names, its digest is that of its content, and
/// nobody has declined the steps that it allows.
/// </summary>
internal sealed class SealedPlan
{
    private readonly Dictionary<(string LocationId, string DeviceId), ItemsByPath> _shown;
    private readonly Dictionary<string, int> _indices;
    private readonly RequestKey _key;

    private SealedPlan(
        RequestKey key,
        Dictionary<string, int> indices,
        Dictionary<(string LocationId, string DeviceId), ItemsByPath> shown
    ) => (_key, _indices, _shown) = (key, indices, shown);

    /// <summary>How what is about to be destroyed is put on record.</summary>
    public AnnouncedRows Rows => new(_key, deviceId => _indices[deviceId]);

    /// <summary>Reads it, and all that it rests on.</summary>
    /// <param name="folder">The request.</param>
    /// <param name="digest">Digest of the plan that is to be run.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DsrException">It is not the plan of the request, or was changed.</exception>
    public static async Task<SealedPlan> ReadAsync(IEvidenceFolder folder, string digest, CancellationToken cancellationToken)
    {
        StoredRequest request = await StoredRequest.ReadAsync(
            folder,
            folder.StorePlace,
            readsCertificates: false,
            known: null,
            cancellationToken
        );
        OpenRequest.RequireErasable(request.State);
        if (request.State.Plan?.Digest != digest)
        {
            string place = folder.PlaceOf(EvidenceFiles.Plan(digest));
            throw FaultCatalogue.InvalidPlan.Exception(place, "it is not the one that the journal names.");
        }

        byte[] key = await folder.ReadAsync(EvidenceFiles.Key, cancellationToken)
            ?? throw FaultCatalogue.RequestAnonymised.Exception(folder.RequestId);
        ErasurePlan plan = await OpenRequest.ReadPlanAsync(folder, digest, withItems: true, cancellationToken);
        var names = RequestKey.Parse(key);
        var indices = (await OpenRequest.ReadDeviceIdsAsync(folder, cancellationToken))
            .Where(deviceId => request.State.Subjects.ContainsKey(names.Subject(deviceId)))
            .ToDictionary(deviceId => deviceId, deviceId => request.State.Subjects[names.Subject(deviceId)], StringComparer.Ordinal);
        return new SealedPlan(
            names,
            indices,
            plan.Steps.Where(step =>
                    step.Action == ErasureAction.Erase
                    && indices.ContainsKey(step.DeviceId)
                    && !request.State.Of(step.Location.Id).Of(names.Subject(step.DeviceId)).IsDeclined
                )
                .ToDictionary(step => (step.Location.Id, step.DeviceId), step => new ItemsByPath(step.Finding.Items))
        );
    }

    /// <summary>Whether the plan shows all that is to go with an item, or more.</summary>
    public bool Allows(string locationId, ItemToErase item)
    {
        lock (_shown)
        {
            return item.Shares.All(share =>
                _shown.GetValueOrDefault((locationId, share.DeviceId))?.Find(item.Path) is { } known && share.Records <= known.Records
            );
        }
    }

    /// <summary>Who is a subject of the request.</summary>
    public int? IndexOf(string deviceId) => _indices.TryGetValue(deviceId, out int index) ? index : null;

    /// <summary>The hash by which the journal names an item.</summary>
    public string NameOf(string locationId, string path) => _key.Item(locationId, path);
}
