using System.Management.Automation;

namespace IotHubDsr.Pipeline;

/// <summary>
/// Takes paths of files from texts, from files, and from objects that have one. Without it PowerShell would bind the text form of any
/// object that is piped.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PathTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? inner = Plain(inputData);
        if (inner is null or string or IEnumerable<string>)
            return inner;
        if (inner is object?[] many)
            return many.Select(One).ToArray();
        return One(inputData);
    }

    private static string One(object? value)
    {
        if (Plain(value) is string text)
            return text;
        PSMemberInfoCollection<PSPropertyInfo>? properties = value is null ? null : PSObject.AsPSObject(value).Properties;
        if ((Plain(properties?["FullName"]?.Value) ?? Plain(properties?["Path"]?.Value)) is string path)
            return path;
        const string message = "The value is neither a file path nor an object with a Path or FullName property.";

        // After a cast that failed PowerShell tries the other parameters.
        throw new ArgumentTransformationMetadataException(message, new PSInvalidCastException(message));
    }

    private static object? Plain(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
