namespace IotHubDsr.Core.Archives;

/// <summary>
/// Stands for everything that decides which device IDs a walk asks for: formats, walkers and the matcher. Whoever changes which texts are
/// asked for raises it: what an index says by another version does not count. A test compares the texts of a fixed collection of records.
/// </summary>
internal static class MatcherVersion
{
    public const int Current = 2;
}
