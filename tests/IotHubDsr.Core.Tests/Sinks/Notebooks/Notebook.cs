using System.Security.Cryptography;
using System.Text;

namespace IotHubDsr.Core.Tests.Sinks.Notebooks;

/// <summary>A notebook as it was read. Each line is a note: the ID of a device, a tab, and what was noted.</summary>
/// <param name="ETag">Digest of the file.</param>
/// <param name="Lines">The notes, each with the end of its line.</param>
internal sealed record Notebook(string ETag, IReadOnlyList<string> Lines)
{
    /// <exception cref="DsrException">It is not there.</exception>
    public static async Task<Notebook> ReadAsync(DataLocation location, CancellationToken cancellationToken)
    {
        if (!File.Exists(location.Place))
            throw FaultCatalogue.LocationMissing.Exception(location.ToString(), "there is no such file");
        byte[] content = await File.ReadAllBytesAsync(location.Place, cancellationToken);
        string[] lines = Encoding.UTF8.GetString(content).Split('\n');
        return new Notebook(
            Convert.ToHexString(SHA256.HashData(content)),
            [.. lines[..^1].Select(line => $"{line}\n"), .. lines[^1..].Where(line => line.Length > 0)]
        );
    }

    /// <summary>The notes about a device.</summary>
    public IReadOnlyList<string> Of(string deviceId) => [.. Lines.Where(line => DeviceOf(line) == deviceId)];

    /// <summary>Replaces the file by the notes about other devices, all at once, unless somebody wrote to it meanwhile.</summary>
    public async Task<bool> TryRemoveAsync(DataLocation location, IReadOnlySet<string> deviceIds, CancellationToken cancellationToken)
    {
        string rest = string.Concat(Lines.Where(line => !deviceIds.Contains(DeviceOf(line))));
        string beside = $"{location.Place}.new";
        await File.WriteAllTextAsync(beside, rest, cancellationToken);
        if ((await ReadAsync(location, cancellationToken)).ETag != ETag)
        {
            File.Delete(beside);
            return false;
        }

        File.Move(beside, location.Place, overwrite: true);
        return true;
    }

    private static string DeviceOf(string line) => line.Split('\t')[0];
}
