namespace IotHubDsr.Core.Sinks;

/// <summary>Places that several hubs may write to: what does not tell its hub is then not known to be the subject's.</summary>
internal static class SharedPlace
{
    /// <summary>Why what lies there may be another hub's; null when all of it is this hub's.</summary>
    public static string? Ground(DataLocation location)
    {
        if (location.IsDedicated)
            return null;
        if (location.Settings.GetValueOrDefault(LocationSettings.OtherHubs) is { } others)
        {
            IEnumerable<string> names = others.Split('\n').Select(static hub => $"'{hub.Split(' ')[0]}'").Distinct(StringComparer.Ordinal);
            return $"Hub {string.Join(", ", names)} also writes to the container";
        }

        return location.Settings.GetValueOrDefault(LocationSettings.SharingUnknown) is { } unknown
            ? $"It is unknown whether another hub also writes to the container: {unknown.TrimEnd('.')}"
            : null;
    }
}
