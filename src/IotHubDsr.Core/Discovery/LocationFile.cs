namespace IotHubDsr.Discovery;

/// <summary>Locations that a hub's configuration cannot tell of.</summary>
internal static class LocationFile
{
    /// <summary>Reads the file.</summary>
    public static Task<IReadOnlyList<DataLocation>> ReadAsync(string path, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DataLocation>>([]);
}
