using System.Buffers;
using System.Text.Json;
using IotHubDsr.Core.Azure.Blobs;

namespace IotHubDsr.Core.Sinks.FileUploads;

/// <summary>A file in the package, and the line about it in the list of files.</summary>
internal sealed class ExportedFile
{
    private const int LongestExtension = 10;
    private const string NoExtension = "bin";

    private readonly string _deviceId;
    private readonly string _fileName;

    private ExportedFile(string deviceId, ListedBlob blob, IExportTarget target)
    {
        _deviceId = deviceId;
        Blob = blob;
        // No blob has a NUL in its name: a copy cannot pass for a file that is named like it.
        PackageName = blob.IsOldCopy ? $"{blob.Name}\0{blob.VersionId ?? blob.Snapshot}" : blob.Name;
        Extension = ExtensionOf(blob.Name);
        _fileName = target.NameOf(PackageName, Extension);
    }

    public ListedBlob Blob { get; }

    public string PackageName { get; }

    public string Extension { get; }

    /// <summary>Bytes in the package.</summary>
    public long Bytes { get; set; }

    /// <summary>Why the file broke off; null when it is whole.</summary>
    public string? Failure { get; set; }

    public static ExportedFile For(string deviceId, ListedBlob blob, IExportTarget target) => new(deviceId, blob, target);

    /// <summary>The record about it.</summary>
    public byte[] ToJson()
    {
        var record = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(record))
            Write(writer);
        return record.WrittenSpan.ToArray();
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("deviceId"u8, _deviceId);
        writer.WriteString("blob"u8, Blob.Name);
        if (Blob.IsOldCopy)
            writer.WriteString(Blob.VersionId is null ? "snapshot"u8 : "versionId"u8, Blob.VersionId ?? Blob.Snapshot);
        writer.WriteString("file"u8, _fileName);
        writer.WriteNumber("bytes"u8, Bytes);
        writer.WriteString("contentType"u8, Blob.ContentType);
        if (!string.IsNullOrEmpty(Blob.ContentEncoding))
            writer.WriteString("contentEncoding"u8, Blob.ContentEncoding);
        writer.WriteString("lastModified"u8, Blob.LastModified);
        writer.WriteStartObject("metadata"u8);
        foreach ((string name, string value) in Blob.Metadata)
            writer.WriteString(name, value);
        writer.WriteEndObject();
        if (Failure is not null)
            writer.WriteString("brokenOff"u8, Failure);
        writer.WriteEndObject();
    }

    /// <summary>The extension that a person knows the file by, if it is a plain one: the device chose the name.</summary>
    private static string ExtensionOf(string blobName)
    {
        int dot = blobName.LastIndexOf('.');
        ReadOnlySpan<char> extension = blobName.AsSpan(dot + 1);
        if (dot < 0 || extension.Length is 0 or > LongestExtension)
            return NoExtension;
        foreach (char c in extension)
        {
            if (!char.IsAsciiLetterOrDigit(c))
                return NoExtension;
        }

        return extension.ToString().ToLowerInvariant();
    }
}
