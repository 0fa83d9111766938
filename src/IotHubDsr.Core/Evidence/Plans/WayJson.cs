using System.Text.Json;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>
/// The ways to a location in a plan: its sentences, and beside them what they are made from. Where nothing but sentences is known, only those
/// are written: plans of earlier versions keep the bytes that they always had.
/// </summary>
internal static class WayJson
{
    private const string Member = "ways";

    public static bool IsTyped(IReadOnlyList<DataWay> ways) => ways.Any(static way => way.Kind != DataWayKind.Remark);

    public static void WriteMember(IReadOnlyList<DataWay> ways, CanonicalWriter writer)
    {
        if (!IsTyped(ways))
            return;
        writer.Name(Member);
        writer.StartArray();
        foreach (DataWay way in ways)
            Write(way, writer);
        writer.EndArray();
    }

    /// <summary>The ways of a location, each with the sentence that the plan has of it.</summary>
    /// <param name="location">The location in the plan.</param>
    /// <param name="sentences">Its sentences.</param>
    /// <exception cref="FormatException">They are not ways.</exception>
    public static IReadOnlyList<DataWay> ReadMember(JsonElement location, IReadOnlyList<string> sentences)
    {
        if (!location.TryGetProperty(Member, out JsonElement ways))
            return [.. sentences.Select(DataWay.Remark)];
        if (ways.GetArrayLength() != sentences.Count)
            throw new FormatException("A location has not as many ways as sentences about them.");
        return [.. ways.EnumerateArray().Zip(sentences, Read)];
    }

    private static void Write(DataWay way, CanonicalWriter writer)
    {
        writer.StartObject();
        if (way.Carries.Count > 0)
            writer.Member("carries", way.Carries);
        if (way.Condition is { } condition)
            writer.Member("condition", condition);
        if (!way.IsEnabled)
            writer.Member("enabled", false);
        writer.Member("kind", way.Kind.ToString());
        if (way.Name is { } name)
            writer.Member("name", name);
        // The sentence of a remark is all of it.
        if (way.Kind != DataWayKind.Remark && way.Note is { } note)
            writer.Member("note", note);
        if (way.Target is { } target)
            writer.Member("target", target);
        writer.EndObject();
    }

    private static DataWay Read(JsonElement way, string sentence)
    {
        DataWayKind kind = KindOf(way);
        if (kind == DataWayKind.Remark)
            return DataWay.Remark(sentence);
        return new DataWay
        {
            Kind = kind,
            Name = Text(way, "name"),
            Carries = way.TryGetProperty("carries", out JsonElement carries)
                ?
                [
                    .. carries
                        .EnumerateArray()
                        .Select(static one => one.GetString() ?? throw new FormatException("A text of a way is null.")),
                ]
                : [],
            Condition = Text(way, "condition"),
            Target = Text(way, "target"),
            IsEnabled = !way.TryGetProperty("enabled", out JsonElement enabled) || enabled.GetBoolean(),
            Note = Text(way, "note"),
            Sentence = sentence,
        };
    }

    /// <summary>A kind by its name; its number is not one.</summary>
    private static DataWayKind KindOf(JsonElement way) =>
        Array.IndexOf(Enum.GetNames<DataWayKind>(), Text(way, "kind")) is >= 0 and int index
            ? Enum.GetValues<DataWayKind>()[index]
            : throw new FormatException("A way is of an unknown kind.");

    private static string? Text(JsonElement way, string member) =>
        way.TryGetProperty(member, out JsonElement text) ? text.GetString() : null;
}
