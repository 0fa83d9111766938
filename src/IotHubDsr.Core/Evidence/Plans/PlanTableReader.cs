using System.Text.Json;
using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>Reads what <see cref="PlanTableWriter"/> wrote.</summary>
internal static class PlanTableReader
{
    public static List<ErasureStep> Read(JsonElement plan, string hubHostName, string? hubResourceId)
    {
        List<string> devices = [.. plan.GetProperty("devices").EnumerateArray().Select(device => device.GetString()!)];
        Dictionary<string, int> indices = [];
        foreach ((int index, string device) in devices.Select((device, index) => (index, device)))
            indices.Add(device, index);
        JsonElement locations = plan.GetProperty("locations");
        int columns = locations.GetArrayLength();
        var steps = new ErasureStep?[checked(devices.Count * columns)];
        foreach ((int column, JsonElement element) in locations.EnumerateArray().Select((element, column) => (column, element)))
        {
            DataLocation location = PlanReader.ReadLocation(element);
            foreach (JsonElement row in element.GetProperty("steps").EnumerateArray())
            {
                IReadOnlyList<SeenItem> found =
                    row.TryGetProperty("itemsDigest", out JsonElement digest) ? UnreadOf(row, digest.GetString()!)
                    : row.TryGetProperty("items", out JsonElement items) ? [.. items.EnumerateArray().Select(PlanReader.ReadItem)]
                    : [];
                ErasureStep step = PlanReader.ReadStep(row, location, found, deviceId: string.Empty);
                bool isOwn = row.TryGetProperty("device", out JsonElement device);
                foreach (int index in isOwn ? [indices[device.GetString()!]] : Runs(row.GetProperty("devices"), devices.Count))
                {
                    ref ErasureStep? place = ref steps[(index * columns) + column];
                    if (place is not null)
                        throw new FormatException("A device has two steps in one location.");
                    place = step with
                    {
                        Finding = step.Finding with { DeviceId = devices[index], HubHostName = hubHostName, HubResourceId = hubResourceId },
                    };
                }
            }
        }

        return [.. steps.Select(step => step ?? throw new FormatException("A device has no step in a location."))];
    }

    private static UnreadItems UnreadOf(JsonElement row, string digest)
    {
        Digests.Hex(digest);
        return new UnreadItems(row.GetProperty("itemCount").GetInt32(), digest);
    }

    private static IEnumerable<int> Runs(JsonElement pairs, int most)
    {
        int? first = null;
        foreach (JsonElement number in pairs.EnumerateArray())
        {
            if (first is not { } start)
            {
                first = number.GetInt32();
                continue;
            }

            int count = number.GetInt32();
            if (start < 0 || count < 1 || count > most - start)
                throw new FormatException("A run of devices is invalid.");
            for (int index = start; index < start + count; index++)
                yield return index;
            first = null;
        }

        if (first is not null)
            throw new FormatException("A run of devices is not complete.");
    }
}
