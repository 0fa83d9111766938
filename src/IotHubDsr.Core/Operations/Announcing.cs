using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Puts on record what a call is about to destroy, and tells after a crash what of it is gone.
/// </summary>
internal sealed class Announcing(OpenRequest open)
{
    private readonly Lazy<Dictionary<string, int>> _indices = new(() =>
        open.DeviceIds.ToDictionary(
            deviceId => deviceId,
            deviceId => open.State.Subjects[open.Key.Subject(deviceId)],
            StringComparer.Ordinal
        )
    );

    /// <summary>The place of a device in the registration.</summary>
    public int IndexOf(string deviceId) => _indices.Value[deviceId];

    public async ValueTask AnnounceAsync(string locationId, Announcement what, CancellationToken cancellationToken)
    {
        foreach (Announced line in new AnnouncedRows(open.Key, IndexOf).LinesOf(locationId, what))
            await open.Journal.AppendAsync(line, cancellationToken);
    }

    /// <summary>What an earlier run announced and is not there any more was erased by it; by index of the subject.</summary>
    /// <param name="locationId">The location.</param>
    /// <param name="there">What is there now, each item with the device of whom.</param>
    public IReadOnlyDictionary<int, AnnouncedWork> GoneOf(string locationId, IEnumerable<(string DeviceId, string Path)> there)
    {
        Announcements announced = open.State.Of(locationId).Announced;
        return announced.IsEmpty
            ? new Dictionary<int, AnnouncedWork>()
            : announced.Gone(there.Select(one => (open.Key.Item(locationId, one.Path), IndexOf(one.DeviceId))));
    }
}
