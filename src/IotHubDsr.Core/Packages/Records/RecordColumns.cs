using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Packages.Records;

/// <summary>
/// The columns of a kind's table: one for each field, and one for everything else in an object that others wrote. Every value of a record
/// is in exactly one cell.
/// </summary>
internal sealed class RecordColumns
{
    private const string OtherName = "*";

    private readonly List<RecordColumn> _columns = [];
    private readonly Node _root;
    private readonly RecordKind _kind;

    public RecordColumns(RecordKind kind)
    {
        _kind = kind;
        _root = AddNode(kind.Fields, prefix: string.Empty, source: null, isOpen: false);
    }

    public IReadOnlyList<RecordColumn> All => _columns;

    /// <summary>Writes the row of a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="row">Where to.</param>
    /// <param name="seen">Is told what each field holds.</param>
    public void Append(JsonElement record, StringBuilder row, Action<RecordField, JsonElement> seen)
    {
        string?[] cells = new string?[_columns.Count];
        Fill(_root, record, cells, seen);
        row.AppendJoin(',', cells).Append(CsvText.LineEnd);
    }

    /// <summary>The name of a member as it is written; a name that is not Unicode stands as it was escaped.</summary>
    private static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? CellOf(RecordColumn column, JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            JsonValueKind.String when column.Field.Type is not FieldType.Any && TextOf(value) is { } text => CsvText.OfText(text),
            _ => CsvText.OfJson(value.GetRawText()),
        };

    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair can only be written as its escape.
            return null;
        }
    }

    private void Fill(Node node, JsonElement value, string?[] cells, Action<RecordField, JsonElement> seen)
    {
        var others = new StringBuilder();
        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (
                NameOf(member) is not { } name
                || !node.Members.TryGetValue(name, out Member? known)
                || !TryTake(known, member.Value, cells, seen)
            )
            {
                others.Append(others.Length == 0 ? '{' : ',').Append(member.ToString());
            }
        }

        if (others.Length > 0 && node.Others is { } column)
        {
            cells[column] = CsvText.OfJson(others.Append('}').ToString());
        }
        else if (others.Length > 0)
        {
            throw new InvalidOperationException(
                $"A record of the kind '{_kind.Name}' has a member that the kind does not declare: {others}"
            );
        }
    }

    /// <summary>False for a second member of the same name: its cell is taken.</summary>
    private bool TryTake(Member known, JsonElement value, string?[] cells, Action<RecordField, JsonElement> seen)
    {
        if (known.Object is { } node && value.ValueKind == JsonValueKind.Object)
        {
            seen(known.Field, value);
            if (node.Taken(cells))
                return false;
            Fill(node, value, cells, seen);
            return true;
        }

        int column = known.Object?.Others ?? known.Column;
        seen(known.Field, value);
        if (cells[column] is not null)
            return false;
        cells[column] = CellOf(_columns[column], value);
        return true;
    }

    private Node AddNode(IReadOnlyList<RecordField> fields, string prefix, string? source, bool isOpen)
    {
        int first = _columns.Count;
        var members = new Dictionary<string, Member>(StringComparer.Ordinal);
        foreach (RecordField field in fields)
        {
            string path = prefix + field.Name;
            string from = field.Source ?? source ?? throw new ArgumentException($"The field '{path}' has no source.");
            if (field.Fields.Count > 0)
            {
                members.Add(field.Name, new Member(field, Column: -1, AddNode(field.Fields, $"{path}.", from, isOpen: true)));
                continue;
            }

            members.Add(field.Name, new Member(field, _columns.Count, Object: null));
            _columns.Add(new RecordColumn(path, field, from));
        }

        if (!isOpen)
            return new Node(members, Others: null, first, _columns.Count);
        string meaning = $"Everything else in {prefix.TrimEnd('.')}, as one JSON object; or the whole value if it is not an object.";
        var other = new RecordField(OtherName, FieldType.Any, meaning);
        _columns.Add(new RecordColumn(prefix + OtherName, other, source!));
        return new Node(members, _columns.Count - 1, first, _columns.Count);
    }

    private sealed record Member(RecordField Field, int Column, Node? Object);

    private sealed record Node(Dictionary<string, Member> Members, int? Others, int First, int End)
    {
        public bool Taken(string?[] cells) => cells.AsSpan(First, End - First).ContainsAnyExcept((string?)null);
    }
}

/// <summary>A column of a table.</summary>
/// <param name="Name">The path of the field in the record.</param>
/// <param name="Field">The field.</param>
/// <param name="Source">Who says what it says.</param>
internal sealed record RecordColumn(string Name, RecordField Field, string Source);
