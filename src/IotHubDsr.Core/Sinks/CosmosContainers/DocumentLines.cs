using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>The lines of an export of documents.</summary>
internal sealed class DocumentLines(RecordSelection selection, IExportTarget target)
{
    public RecordLines Lines { get; } = new(selection, target, DocumentRecords.FileName, DocumentRecords.Documents);

    public void Add(StoredDocument document, in MatchedRecord record)
    {
        if (Lines.Begin(record) is not { } writer)
            return;
        writer.WriteString("partitionKey"u8, document.Address.Key);
        writer.WriteString("id"u8, document.Address.Id);
        writer.WritePropertyName("document"u8);
        record.WriteJson(writer);
        DecodedBody.Write(record.Raw, writer);
        Lines.End();
    }
}
