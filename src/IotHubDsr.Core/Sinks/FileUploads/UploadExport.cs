using System.Buffers;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Blobs;

namespace IotHubDsr.Core.Sinks.FileUploads;

/// <summary>
/// Copies files into a package as they are, one after the other, and lists them in <c>files.ndjson</c> and <c>files.csv</c>.
/// </summary>
internal sealed class UploadExport(BlobContainerAccess container, SinkCall call, IExportTarget target)
{
    private const int BufferSize = 128 * 1024;
    private const int Attempts = 4;

    private readonly List<ExportedFile> _files = [];
    private readonly UploadWindow _window = new(call.Options.Erasure.Scope);

    public async Task<IReadOnlyList<ExportCompleteness>> WriteAsync(
        IReadOnlyList<DeviceUploads> devices,
        CancellationToken cancellationToken
    )
    {
        var lines = new List<ExportCompleteness>();
        int done = 0;
        foreach (DeviceUploads device in devices)
        {
            lines.Add(await WriteAsync(device, cancellationToken));
            await call.ProgressAsync($"Files of {++done} of {devices.Count} devices copied", done * 100 / devices.Count, cancellationToken);
        }

        if (_files.Count > 0)
        {
            await using IRecordFile list = await target.OpenRecordsAsync("files", UploadRecords.File, cancellationToken);
            foreach (ExportedFile file in _files)
                list.Write(file.ToJson());
        }

        return lines;
    }

    private async Task<ExportCompleteness> WriteAsync(DeviceUploads device, CancellationToken cancellationToken)
    {
        int included = 0;
        int failed = 0;
        foreach (ListedBlob file in device.Files)
        {
            bool? isCopied = await TryCopyAsync(device.DeviceId, file, cancellationToken);
            included += isCopied == true ? 1 : 0;
            failed += isCopied == false ? 1 : 0;
        }

        DeviceDataFinding finding = device.ToFinding(call.Location);
        string? ground =
            failed == 0 ? finding.Detail : $"{failed} of {device.Files.Count} files could not be read. {finding.Detail}".TrimEnd();
        int unreachable = failed + device.Deleted.Count;
        return new ExportCompleteness
        {
            DeviceId = device.DeviceId,
            LocationId = call.Location.Id,
            Kind = call.Location.Kind,
            Place = call.Location.Place,
            Verdict = failed == 0 ? finding.Verdict : Verdict.Unreachable,
            Found = included + unreachable,
            Included = included,
            Unreachable = unreachable,
            Ground = ground,
        };
    }

    /// <summary>True when the file is in the package, false when it could not be read, null when it no longer exists.</summary>
    private async Task<bool?> TryCopyAsync(string deviceId, ListedBlob file, CancellationToken cancellationToken)
    {
        ExportedFile? copy = null;
        try
        {
            if (await OpenAsync(file, cancellationToken) is not ({ } now, { } download))
                return null;
            using (download)
            {
                copy = ExportedFile.For(deviceId, now, target);
                await using Stream output = await target.OpenAsync(copy.PackageName, copy.Extension, cancellationToken);
                _files.Add(copy);
                await CopyAsync(download.Content, output, copy, now.Length, cancellationToken);
            }

            return true;
        }
        catch (RequestFailedException gone) when (BlobFailures.IsGone(gone))
        {
            return null;
        }
        catch (Exception exception)
            when (exception is not (IOException or UnauthorizedAccessException) && !cancellationToken.IsCancellationRequested)
        {
            DsrException failure = AzureFaults.Translate(exception, $"{call.Location.Place}/{file.Path}", "read", BlobFailures.ReadRole);
            if (copy is not null)
                copy.Failure = failure.Fault.Message;
            await call.ReportAsync(failure.Fault, cancellationToken);
            return false;
        }
    }

    /// <summary>
    /// Opens a file as it stands under its ETag, or under its newest when it was uploaded again since it was listed; null when that is no
    /// longer in the window.
    /// </summary>
    private async Task<(ListedBlob File, BlobDownloadStreamingResult Download)?> OpenAsync(
        ListedBlob listed,
        CancellationToken cancellationToken
    )
    {
        ListedBlob file = listed;
        BlockBlobClient client = container.Open(listed);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                var options = new BlobDownloadOptions { Conditions = new BlobRequestConditions { IfMatch = file.ETag } };
                return (file, await client.DownloadStreamingAsync(options, cancellationToken));
            }
            catch (RequestFailedException changed) when (BlobFailures.IsConflict(changed) && attempt < Attempts)
            {
                BlobProperties now = await client.GetPropertiesAsync(cancellationToken: cancellationToken);
                if (!_window.Includes(now.CreatedOn, now.LastModified))
                    return null;
                file = file with
                {
                    ETag = now.ETag,
                    Length = now.ContentLength,
                    LastModified = now.LastModified,
                    ContentType = now.ContentType,
                    ContentEncoding = now.ContentEncoding,
                    Metadata = new Dictionary<string, string>(now.Metadata, StringComparer.OrdinalIgnoreCase),
                };
            }
        }
    }

    private async Task CopyAsync(Stream input, Stream output, ExportedFile copy, long length, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await ReadAsync(input, buffer, copy, cancellationToken) is > 0 and var count)
            {
                await output.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                copy.Bytes += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (copy.Bytes != length)
            throw FaultCatalogue.ConnectionFailed.Exception(PlaceOf(copy), $"{copy.Bytes} of {length} bytes arrived");
    }

    /// <summary>
    /// A broken network and a full disk throw the same: failures of reading are separated here, and concern one file only.
    /// </summary>
    private async Task<int> ReadAsync(Stream input, byte[] buffer, ExportedFile copy, CancellationToken cancellationToken)
    {
        try
        {
            return await input.ReadAsync(buffer.AsMemory(), cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw AzureFaults.Translate(exception, PlaceOf(copy), "read", BlobFailures.ReadRole);
        }
    }

    private string PlaceOf(ExportedFile copy) => $"{call.Location.Place}/{copy.Blob.Path}";
}
