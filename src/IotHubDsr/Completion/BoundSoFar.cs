using System.Collections;
using System.Management.Automation;
using IotHubDsr.Isolation;

namespace IotHubDsr.Completion;

/// <summary>The parameters of a command line that is being typed, as far as PowerShell knows their values.</summary>
internal sealed class BoundSoFar(IDictionary parameters)
{
    /// <summary>The connection that the command will use, if any.</summary>
    public DsrContext? Context => Value("Context") as DsrContext ?? DefaultContexts.Current;

    /// <summary>The request store that is named, with the full path of a folder.</summary>
    public string? Store
    {
        get
        {
            if (Text("RequestStore") is not { } store)
                return null;
            bool isPlace = store.Contains("://", StringComparison.Ordinal) || Path.IsPathFullyQualified(store);
            return isPlace ? store : Path.GetFullPath(store, $"{ScriptBlock.Create("$PWD.ProviderPath").Invoke()[0]}");
        }
    }

    public bool Has(string parameter) => parameters.Contains(parameter);

    public string? Text(string parameter) => Value(parameter)?.ToString() is { Length: > 0 } text ? text : null;

    public T? Enum<T>(string parameter)
        where T : struct, Enum => System.Enum.TryParse(Text(parameter), ignoreCase: true, out T value) ? value : null;

    private object? Value(string parameter) => parameters[parameter] is PSObject wrapped ? wrapped.BaseObject : parameters[parameter];
}
