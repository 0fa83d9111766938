using IotHubDsr.Core.Sinks.BlobArchives;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.RoutedBlobs;

/// <summary>Whose messages a blob holds, as far as its name tells.</summary>
internal enum BlobOwner
{
    /// <summary>This hub's.</summary>
    ThisHub,

    /// <summary>Another hub's.</summary>
    AnotherHub,

    /// <summary>The name can be read both ways, or holds no hub.</summary>
    Unclear,
}

/// <summary>
/// What the names of blobs in a container say of messages of a hub: whose they are, and when they were written. A container can receive
/// messages from several hubs, and device IDs are unique only within one: a blob that another hub wrote must not be taken for this hub's.
/// </summary>
internal sealed class BlobNames
{
    private readonly string[] _hubNames;
    private readonly BlobNameFormat[] _formats;
    private readonly BlobNameFormat[] _otherFormats;
    private readonly string[] _otherHubs;

    /// <summary>Whether devices of another hub choose names in the container.</summary>
    private readonly bool _takesUploads;

    private readonly IReadOnlyList<OperatorStatement> _statements;

    /// <param name="hubNames">Names that the hub has in blob names, one a line; null when any hub will do.</param>
    /// <param name="fileNameFormats">The formats of blob names that its endpoints use or used, one a line; null when unknown.</param>
    /// <param name="otherHubs">Other hubs that write to the container, as in <see cref="LocationSettings.OtherHubs"/>; null when there are
    /// none.</param>
    /// <param name="statements">What the operator vouches for.</param>
    public BlobNames(
        string? hubNames,
        string? fileNameFormats,
        string? otherHubs = null,
        IReadOnlyList<OperatorStatement>? statements = null
    )
    {
        _hubNames = hubNames?.Split('\n') ?? [];
        _statements = statements ?? [];
        string[] formats = [.. (fileNameFormats ?? string.Empty).Split('\n').Where(BlobNameFormat.IsOne)];
        _formats = _hubNames.Length == 0 ? [] : [.. formats.Select(format => new BlobNameFormat(format, _hubNames))];
        string[][] others =
        [
            .. (otherHubs ?? string.Empty).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ', 2)),
        ];
        _otherHubs = [.. others.Select(static other => other[0]).Distinct(StringComparer.OrdinalIgnoreCase)];
        _otherFormats =
        [
            .. others.Where(static other => BlobNameFormat.IsOne(other[^1])).Select(static other => new BlobNameFormat(other[1], other[0])),
        ];
        _takesUploads = Array.Exists(others, static other => other.Length == 1);
    }

    /// <summary>
    /// Whose messages a blob holds. A name that follows no format of this hub is this hub's if it holds the hub's whole name, between
    /// characters that no hub name has, and nothing in it points to another hub.
    /// </summary>
    public BlobOwner OwnerOf(string name)
    {
        if (_hubNames.Length == 0 || IsVouchedFor(name))
            return BlobOwner.ThisHub;
        bool follows = Array.Exists(_formats, format => format.IsOfHub(name));
        bool isOurs = follows || Array.Exists(_hubNames, hub => BlobNameFormat.Holds(name, hub));
        bool isTheirs =
            Array.Exists(_otherFormats, format => format.IsOfHub(name))
            || Array.Exists(_formats, format => format.IsOfAnother(name))
            || (!follows && Array.Exists(_otherHubs, hub => BlobNameFormat.Holds(name, hub)));
        return (isOurs, isTheirs) switch
        {
            (true, false) when follows || !_takesUploads => BlobOwner.ThisHub,
            (false, true) => BlobOwner.AnotherHub,
            _ => BlobOwner.Unclear,
        };
    }

    /// <summary>
    /// False only for a blob that is another hub's for certain. A folder can hold anything: that it has a hub's place in the format does
    /// not make it one.
    /// </summary>
    public bool Concerns(string name) => name.EndsWith('/') || OwnerOf(name) != BlobOwner.AnotherHub;

    /// <summary>
    /// What the name of a blob, or of a folder that ends with a slash, says of the time; see <see cref="ArchiveLayout.TimesOf"/>.
    /// </summary>
    public NameTimes TimesOf(string name)
    {
        NameTimes? times = null;
        foreach (BlobNameFormat format in _formats)
        {
            if (format.MatchOf(name) is { Success: true } match)
                times = NameTimes.Both(times, NameTimes.Of(match.Groups));
        }

        return times ?? NameTimes.Foreign;
    }

    private bool IsVouchedFor(string name) =>
        _statements.Any(statement =>
            statement.Kind is OperatorStatementKind.DedicatedContainer or OperatorStatementKind.OwnBlobs && statement.Covers(name)
        );
}
