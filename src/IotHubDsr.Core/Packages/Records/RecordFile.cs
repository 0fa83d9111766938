using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Packages.Records;

/// <summary>Records as NDJSON and as CSV. No more than one record is in memory.</summary>
internal sealed class RecordFile : IRecordFile
{
    // What was read with the usual limit of 64 is some levels deeper in a record.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    private readonly RecordSchema _schema;
    private readonly Stream _lines;
    private readonly Stream _table;
    private readonly StringBuilder _row = new();

    private RecordFile(RecordSchema schema, Stream lines, Stream table)
    {
        _schema = schema;
        _lines = lines;
        _table = table;
    }

    public static async Task<IRecordFile> OpenAsync(
        IExportTarget target,
        string name,
        RecordSchema schema,
        CancellationToken cancellationToken
    )
    {
        Stream lines = await target.OpenAsync(name, "ndjson", cancellationToken);
        try
        {
            Stream table = await target.OpenAsync(name, "csv", cancellationToken);
            var file = new RecordFile(schema, lines, table);
            file._row.Append(CsvText.ByteOrderMark);
            CsvText.AppendRow(file._row, schema.Columns.All.Select(column => column.Name));
            file.WriteRow();
            return file;
        }
        catch
        {
            await lines.DisposeAsync();
            throw;
        }
    }

    public void Write(ReadOnlyMemory<byte> json)
    {
        using var record = JsonDocument.Parse(json, Options);
        _schema.Columns.Append(record.RootElement, _row, _schema.Saw);
        _lines.Write(json.Span);
        _lines.Write("\n"u8);
        WriteRow();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _lines.DisposeAsync();
        }
        finally
        {
            await _table.DisposeAsync();
        }
    }

    private void WriteRow()
    {
        _table.Write(Encoding.UTF8.GetBytes(_row.ToString()));
        _row.Clear();
    }
}
