using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Sinks.BlobIndexes;

namespace IotHubDsr.Core.Evidence.Stores;

/// <summary>The index of devices in a request store: beside the requests, in a folder of its own that is no request.</summary>
internal sealed class IndexFiles(IEvidenceStore store) : IIndexFiles
{
    private const string FolderName = "device-index";

    private readonly IEvidenceFolder _folder = store.Open(FolderName);
    private bool _isMade;

    public string Place => store.Place;

    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _folder.ListAsync(cancellationToken);
        }
        catch (Exception missing) when (BlobFailures.IsContainerMissing(missing))
        {
            return [];
        }
    }

    public async Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await _folder.ReadAsync(name, cancellationToken);
        }
        catch (Exception missing) when (BlobFailures.IsContainerMissing(missing))
        {
            return null;
        }
    }

    public async Task SaveAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (!_isMade)
        {
            await _folder.MakeAsync(cancellationToken);
            _isMade = true;
        }

        await _folder.SaveAsync(name, content, cancellationToken);
    }

    public Task DeleteAsync(string name, CancellationToken cancellationToken) => _folder.DeleteAsync(name, cancellationToken);

    public async Task<KeptCopies> KeptCopiesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _folder.KeptCopiesAsync(cancellationToken);
        }
        catch (Exception missing) when (BlobFailures.IsContainerMissing(missing))
        {
            return default;
        }
    }
}
