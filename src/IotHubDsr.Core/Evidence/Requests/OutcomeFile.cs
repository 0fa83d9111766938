using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Evidence.Stores;

namespace IotHubDsr.Core.Evidence.Requests;

/// <summary>
/// The receipts of a run as a file. Devices and locations stand in it once; what is the same for many devices of a location does, too, so
/// that it grows with what differs and not with the number of devices times that of locations.
/// </summary>
internal static class OutcomeFile
{
    private const string Format = "IotHubDsr outcome 2";

    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutWhatIsShared } },
    };

    public static byte[] Write(IReadOnlyList<ErasureReceipt> receipts)
    {
        Dictionary<string, DataLocation> locations = new(StringComparer.Ordinal);
        Dictionary<string, int> devices = new(StringComparer.Ordinal);
        var shared = new Dictionary<ErasureReceipt, List<int>>();
        foreach (ErasureReceipt receipt in receipts)
        {
            locations.TryAdd(receipt.Location.Id, receipt.Location);
            devices.TryAdd(receipt.DeviceId, devices.Count);
            ErasureReceipt common = receipt with { DeviceId = string.Empty, Location = locations[receipt.Location.Id] };
            if (!shared.TryGetValue(common, out List<int>? concerned))
                shared[common] = concerned = [];
            concerned.Add(devices[receipt.DeviceId]);
        }

        var places = locations
            .Keys.Select((id, index) => (id, index))
            .ToDictionary(one => one.id, one => one.index, StringComparer.Ordinal);
        return JsonSerializer.SerializeToUtf8Bytes(
            new Document(
                Format,
                [.. devices.Keys],
                [.. locations.Values],
                [
                    .. shared.Select(one => new Entry(
                        places[one.Key.Location.Id],
                        one.Value.Count == devices.Count ? null : one.Value,
                        one.Key
                    )),
                ]
            ),
            Json
        );
    }

    /// <summary>Reads an outcome of this or of an earlier version.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static IReadOnlyList<ErasureReceipt> Read(byte[] file)
    {
        if (file is [(byte)'[', ..])
            return JsonSerializer.Deserialize<List<ErasureReceipt>>(file) ?? [];
        Document document = JsonSerializer.Deserialize<Document>(file, Json) ?? throw new JsonException("it is null");
        if (document.Format != Format)
            throw new JsonException($"its format '{document.Format}' is not known");
        var all = new List<(int Device, int Location, ErasureReceipt Receipt)>();
        foreach (Entry entry in document.Receipts)
        {
            foreach (int device in entry.Devices ?? [.. Enumerable.Range(0, document.Devices.Count)])
            {
                all.Add(
                    (
                        device,
                        entry.Location,
                        entry.Receipt with
                        {
                            DeviceId = document.Devices[device],
                            Location = document.Locations[entry.Location],
                        }
                    )
                );
            }
        }

        return [.. all.OrderBy(one => one.Device).ThenBy(one => one.Location).Select(one => one.Receipt)];
    }

    /// <summary>The outcome of the last run that has a certificate; null when there is none, and after the key was destroyed.</summary>
    public static async Task<IReadOnlyList<ErasureReceipt>?> ReadLastAsync(
        IEvidenceFolder folder,
        RequestState state,
        CancellationToken cancellationToken
    )
    {
        int? number = state.Certificates is [.., { } last] ? EvidenceFiles.CertificateNumber(last.Certificate.File) : null;
        return number is { } known && await folder.ReadAsync(EvidenceFiles.Outcome(known), cancellationToken) is { } file
            ? Read(file)
            : null;
    }

    private static void LeaveOutWhatIsShared(JsonTypeInfo type)
    {
        if (type.Type == typeof(DataLocation))
        {
            // Remarks alone stand in the sentences already.
            JsonPropertyInfo ways = type.Properties.Single(static property => property.Name == nameof(DataLocation.Ways));
            ways.ShouldSerialize = static (_, value) => WayJson.IsTyped((IReadOnlyList<DataWay>)value!);
            return;
        }

        if (type.Type != typeof(ErasureReceipt))
            return;
        string[] shared =
        [
            nameof(ErasureReceipt.DeviceId),
            nameof(ErasureReceipt.Location),
            nameof(ErasureReceipt.Kind),
            nameof(ErasureReceipt.Place),
        ];
        foreach (JsonPropertyInfo property in type.Properties.Where(property => shared.Contains(property.Name)).ToList())
            type.Properties.Remove(property);
    }

    private sealed record Document(
        string Format,
        IReadOnlyList<string> Devices,
        IReadOnlyList<DataLocation> Locations,
        IReadOnlyList<Entry> Receipts
    );

    /// <param name="Location">Index of the location.</param>
    /// <param name="Devices">Indices of the devices; null for all.</param>
    /// <param name="Receipt">What became of each of them there.</param>
    private sealed record Entry(int Location, IReadOnlyList<int>? Devices, ErasureReceipt Receipt);
}
