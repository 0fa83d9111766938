using System.Management.Automation;

namespace IotHubDsr.Pipeline;

/// <summary>
/// Takes IDs of requests from texts and from objects that have one. Without it PowerShell would bind the text form of any object that is
/// piped, such as that of a connection.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequestIdTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? inner = Plain(inputData);
        if (inner is string or IEnumerable<string>)
            return inner;
        if (inner is object?[] many)
            return many.Select(One).ToArray();
        return One(inputData);
    }

    private static string One(object? value)
    {
        object? inner = Plain(value);
        if (inner is string text)
            return text;
        if (inner is not null && Plain(PSObject.AsPSObject(value!).Properties["RequestId"]?.Value) is string id)
            return id;
        const string message = "The value is neither a request ID nor an object with a RequestId property.";

        // After a cast that failed PowerShell tries the other parameters.
        throw new ArgumentTransformationMetadataException(message, new PSInvalidCastException(message));
    }

    private static object? Plain(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
