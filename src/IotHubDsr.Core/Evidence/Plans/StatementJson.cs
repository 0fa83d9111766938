using System.Text.Json;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>
/// The operator's statements about a location in plans and certificates. The member is left out where there are none, so that documents
/// without statements keep the bytes that they always had.
/// </summary>
internal static class StatementJson
{
    private const string Member = "statements";

    public static void WriteMember(IReadOnlyList<OperatorStatement> statements, CanonicalWriter writer)
    {
        if (statements.Count == 0)
            return;
        writer.Name(Member);
        writer.StartArray();
        foreach (OperatorStatement statement in statements)
        {
            writer.StartObject();
            if (statement.BlobName is not null)
                writer.Member(statement.IsPrefix ? "blobPrefix" : "blobName", statement.BlobName);
            writer.Member("ground", statement.Ground);
            writer.Member("kind", statement.Kind.ToString());
            writer.EndObject();
        }

        writer.EndArray();
    }

    /// <exception cref="FormatException">A statement is not one.</exception>
    public static IReadOnlyList<OperatorStatement> ReadMember(JsonElement location) =>
        location.TryGetProperty(Member, out JsonElement statements) ? [.. statements.EnumerateArray().Select(Read)] : [];

    private static OperatorStatement Read(JsonElement statement)
    {
        bool isPrefix = statement.TryGetProperty("blobPrefix", out JsonElement name);
        bool isNamed = isPrefix || statement.TryGetProperty("blobName", out name);
        return new OperatorStatement(KindOf(statement), Text(statement.GetProperty("ground")))
        {
            BlobName = isNamed ? Text(name) : null,
            IsPrefix = isPrefix,
        };
    }

    /// <summary>A kind by its name; its number is not one.</summary>
    private static OperatorStatementKind KindOf(JsonElement statement) =>
        Array.IndexOf(Enum.GetNames<OperatorStatementKind>(), Text(statement.GetProperty("kind"))) is >= 0 and int index
            ? Enum.GetValues<OperatorStatementKind>()[index]
            : throw new FormatException("A statement is of an unknown kind.");

    private static string Text(JsonElement text) => text.GetString() ?? throw new FormatException("A text of a statement is null.");
}
