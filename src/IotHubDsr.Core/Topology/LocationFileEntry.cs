using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>One entry of a <see cref="LocationFile"/>.</summary>
internal static class LocationFileEntry
{
    public const string Formats = "fileNameFormats";
    private const int LongestFormat = 256;

    public static readonly string[] Properties =
    [
        "kind",
        "containerUri",
        "hubName",
        "place",
        "resourceId",
        "note",
        LocationSettings.ConsumerGroup,
        LocationSettings.DeviceIdColumn,
        LocationFileStatements.Dedicated,
    ];

    private static readonly string[] Lists = [LocationFileStatements.Exclude, LocationFileStatements.Own, Formats];

    private static readonly string[] SecretMarks = ["sig=", "SharedAccessKey=", "AccountKey=", "SharedAccessSignature="];

    /// <param name="entry">The entry.</param>
    /// <param name="kinds">The kinds of place.</param>
    /// <param name="cloud">The cloud of the connection.</param>
    /// <param name="problem">Makes the failure of the file from what is wrong with the entry.</param>
    public static LocationDraft Read(JsonElement entry, PlaceKinds kinds, Cloud cloud, LocationProblem problem)
    {
        Dictionary<string, string> texts = Texts(entry, Properties, problem, Lists);
        string named = texts.GetValueOrDefault("kind") ?? throw problem("'kind' is missing.");
        PlaceDescription? description = kinds.Named(named);
        string? kind = description?.Kind;
        bool isSetUp = description?.Is(PlaceTraits.HasConsumerGroups) == true && texts.ContainsKey(LocationSettings.ConsumerGroup);
        if (description?.Form == PlaceForm.OfHub && !isSetUp)
            throw problem($"'{kind}' is a part of the connected hub and cannot be added.", "kind");

        string? note = texts.GetValueOrDefault("note");
        var way = new DataWay { Kind = DataWayKind.LocationFile, Note = note };
        IReadOnlyList<OperatorStatement> statements = LocationFileStatements.Read(
            kinds,
            kind,
            texts.GetValueOrDefault(LocationFileStatements.Dedicated),
            entry,
            problem
        );
        string? group = texts.GetValueOrDefault(LocationSettings.ConsumerGroup);
        if (group is not null && description?.Is(PlaceTraits.HasConsumerGroups) != true)
        {
            throw problem(
                $"'{LocationSettings.ConsumerGroup}' belongs to the kind {string.Join(", ", kinds.With(PlaceTraits.HasConsumerGroups))}.",
                LocationSettings.ConsumerGroup
            );
        }

        string? column = texts.GetValueOrDefault(LocationSettings.DeviceIdColumn);
        if (column is not null && description?.Is(PlaceTraits.NamesDeviceInColumn) != true)
        {
            throw problem(
                $"'{LocationSettings.DeviceIdColumn}' belongs to the kind {string.Join(", ", kinds.With(PlaceTraits.NamesDeviceInColumn))}.",
                LocationSettings.DeviceIdColumn
            );
        }

        string? formats = FileNameFormats(kinds, description, entry, problem);
        if (description?.Form == PlaceForm.Container)
        {
            LocationDraft container = Container(kind!, texts, way, cloud, problem) with { Statements = statements };
            return formats is null
                ? container
                : container with
                {
                    Settings = new Dictionary<string, string>(container.Settings, StringComparer.Ordinal)
                    {
                        [LocationSettings.FileNameFormat] = formats,
                    },
                };
        }

        string place = texts.GetValueOrDefault("place") ?? throw problem("'place' is missing.");
        if (texts.ContainsKey("containerUri") || texts.ContainsKey("hubName"))
        {
            throw problem(
                $"'containerUri' and 'hubName' belong to the kinds {string.Join(", ", kinds.Of(PlaceForm.Container))}.",
                texts.ContainsKey("containerUri") ? "containerUri" : "hubName"
            );
        }

        return new LocationDraft
        {
            Kind = kind ?? PlaceKinds.Unknown,
            Place = kind is null ? $"{named} {LocationText.WithoutPath(place)}" : place,
            ResourceId = ResourceId(texts, problem),
            Ways = [way],
            Verdict = kind is null ? Verdict.OwnerAction : null,
            Statements = statements,
            Settings = Settings((LocationSettings.ConsumerGroup, group), (LocationSettings.DeviceIdColumn, column)),
        };
    }

    private static Dictionary<string, string> Settings(params (string Key, string? Value)[] settings) =>
        settings
            .Where(static setting => setting.Value is not null)
            .ToDictionary(static setting => setting.Key, static setting => setting.Value!, StringComparer.Ordinal);

    private static LocationDraft Container(string kind, Dictionary<string, string> texts, DataWay way, Cloud cloud, LocationProblem problem)
    {
        string address = texts.GetValueOrDefault("containerUri") ?? throw problem($"'containerUri' is missing, which '{kind}' needs.");
        bool isContainer =
            Uri.TryCreate(address, UriKind.Absolute, out Uri? uri)
            && uri.Scheme == Uri.UriSchemeHttps
            && uri.UserInfo.Length == 0
            && uri.Query.Length == 0
            && uri.Fragment.Length == 0
            && uri.AbsolutePath.Trim('/') is { Length: > 0 } path
            && !path.Contains('/');
        if (!isContainer)
        {
            throw problem(
                "'containerUri' is not of the form https://<account>.blob.core.windows.net/<container>, without anything after it.",
                "containerUri"
            );
        }

        if (texts.ContainsKey("place"))
            throw problem("'place' follows from 'containerUri' and cannot be given.", "place");

        string container = uri!.AbsolutePath.Trim('/');
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [LocationSettings.ContainerUri] = $"{uri.GetLeftPart(UriPartial.Authority)}/{container}",
        };
        if (texts.GetValueOrDefault("hubName") is { } hubName)
            settings[LocationSettings.HubName] = hubName;
        return new LocationDraft
        {
            Kind = kind,
            Place = $"{StorageHost.InWords(cloud, uri)}/{container}",
            ResourceId = ResourceId(texts, problem),
            Ways = [way],
            Settings = settings,
        };
    }

    /// <summary>Formats that the endpoint had earlier, one per line.</summary>
    private static string? FileNameFormats(PlaceKinds kinds, PlaceDescription? kind, JsonElement entry, LocationProblem problem)
    {
        if (entry.Prop(Formats) is not { } list)
            return null;
        if (kind?.Is(PlaceTraits.HasNameFormats) != true)
            throw problem($"'{Formats}' belongs to the kind {string.Join(", ", kinds.With(PlaceTraits.HasNameFormats))}.", Formats);
        string?[] formats = [.. ((JsonElement?)list).Items().Select(static format => ((JsonElement?)format).Text()?.Trim())];
        bool isList =
            list.ValueKind == JsonValueKind.Array
            && Array.TrueForAll(formats, static format =>
                format is not null
                && BlobNameFormat.IsOne(format)
                && !format.Contains('\n', StringComparison.Ordinal)
                && format.Length <= LongestFormat
            );
        return isList
            ? string.Join('\n', formats)
            : throw problem($"'{Formats}' is a list of texts of up to {LongestFormat} characters, each with {{iothub}} in it.", Formats);
    }

    private static string? ResourceId(Dictionary<string, string> texts, LocationProblem problem)
    {
        if (texts.GetValueOrDefault("resourceId") is not { } text)
            return null;
        return ArmId.TryParse(text, out ArmId? id)
            ? id.ToString()
            : throw problem("'resourceId' is not the ID of an Azure resource.", "resourceId");
    }

    /// <summary>The texts of an object.</summary>
    /// <param name="entry">The object.</param>
    /// <param name="properties">Names of the texts that it may have.</param>
    /// <param name="problem">Makes the failure of the file from what is wrong with the object.</param>
    /// <param name="lists">Names of members that are not texts.</param>
    public static Dictionary<string, string> Texts(
        JsonElement entry,
        IReadOnlyCollection<string> properties,
        LocationProblem problem,
        params string[] lists
    )
    {
        if (entry.ValueKind != JsonValueKind.Object)
            throw problem("an object is expected.");
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty property in entry.EnumerateObject())
        {
            string name = NameOf(property) ?? throw problem("the name of a property is not text.");
            if (lists.Contains(name, StringComparer.Ordinal))
                continue;
            if (!properties.Contains(name, StringComparer.Ordinal))
            {
                throw problem(
                    $"'{LocationText.Quote(name)}' is not known; known are {string.Join(", ", [.. properties, .. lists])}.",
                    name
                );
            }

            if (property.Value.ValueKind == JsonValueKind.Null)
                continue;
            string text = ((JsonElement?)property.Value).Text() ?? throw problem($"the value of '{name}' is not a text.", name);
            if (Array.Exists(SecretMarks, mark => text.Contains(mark, StringComparison.OrdinalIgnoreCase)))
                throw problem($"'{name}' holds a secret (a SAS or a key): take it out of the file; access is by role.", name);
            texts[name] = text.Trim();
        }

        return texts;
    }

    /// <summary>The name of a property; null where it is valid JSON but not text.</summary>
    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
