using IotHubDsr.Core.Evidence.Stores;

namespace IotHubDsr.Core.Distribution;

/// <summary>
/// A footprint or a plan belongs to no request. What workers need for it is kept beside the requests, in a folder that is laid out as one and
/// destroyed in the end.
/// </summary>
internal static class ReadingFolders
{
    public const string Prefix = "reading-";

    public static string Make(DateTimeOffset now) => Prefix + RequestIds.Make(now);

    public static bool IsOne(string folder) =>
        folder.StartsWith(Prefix, StringComparison.Ordinal) && RequestIds.IsOne(folder[Prefix.Length..]);

    /// <param name="folder">The name of one.</param>
    public static DateTimeOffset MadeAt(string folder) => RequestIds.MadeAt(folder[Prefix.Length..]);

    /// <summary>Whether units can be in a folder of that name: the engine's messages are no place to name others.</summary>
    public static bool MayHoldWork(string folder) => RequestIds.IsOne(folder) || IsOne(folder);
}
