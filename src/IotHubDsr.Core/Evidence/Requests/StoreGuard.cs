using System.Text.Json;
using Azure;
using IotHubDsr.Core.Evidence.Stores;

namespace IotHubDsr.Core.Evidence.Requests;

/// <summary>Keeps the exceptions of a store from callers who can do nothing with them.</summary>
internal static class StoreGuard
{
    /// <summary>Checks whether evidence can be written before anything depends on it.</summary>
    /// <param name="store">The store.</param>
    /// <param name="needed">Bytes that it takes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DsrException">It cannot be written to, or has no room.</exception>
    public static async Task RequireWritableAsync(IEvidenceStore store, long needed, CancellationToken cancellationToken)
    {
        try
        {
            await store.ProbeAsync(cancellationToken);
        }
        catch (Exception exception) when (IsOfStore(exception))
        {
            throw StoreFaults.Of(store.Place, exception, isWriting: true);
        }

        if (store.FreeSpace() is { } free && free < needed)
        {
            throw FaultCatalogue.RequestStoreNotWritable.Exception(
                store.Place,
                $"it has {ByteSize.Format(free)} free, but needs up to {ByteSize.Format(needed)}."
            );
        }
    }

    /// <summary>Translates exceptions of a store into catalogued faults.</summary>
    public static Task<T> RunAsync<T>(IEvidenceStore store, Func<Task<T>> action) => RunAsync(store.Place, action);

    /// <param name="place">The store.</param>
    /// <param name="action">What is done with it.</param>
    public static async Task<T> RunAsync<T>(string place, Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (EvidenceNotWrittenException exception)
        {
            throw StoreFaults.Of(place, exception.InnerException!, isWriting: true);
        }
        catch (Exception exception) when (IsOfStore(exception))
        {
            throw StoreFaults.Of(place, exception, isWriting: false);
        }
    }

    public static bool IsOfStore(Exception exception) =>
        exception
            is IOException
                or UnauthorizedAccessException
                or RequestFailedException
                or AggregateException
                or JsonException
                or FormatException
                or ArgumentException;
}
