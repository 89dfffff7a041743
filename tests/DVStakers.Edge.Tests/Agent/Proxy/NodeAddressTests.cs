using DVStakers.Edge.Agent.Nodes;

namespace DVStakers.Edge.Tests.Agent.Proxy;

/// <summary>Where a request goes, for every form of a node's URL.</summary>
public sealed class NodeAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5052", "/eth/v1/node/health", "http://127.0.0.1:5052/eth/v1/node/health")]
    [InlineData("http://127.0.0.1:5052/", "/eth/v1/events?topics=head", "http://127.0.0.1:5052/eth/v1/events?topics=head")]
    [InlineData("https://node.example/secret%20path/", "/eth/v1/node/health", "https://node.example/secret%20path/eth/v1/node/health")]
    [InlineData("http://[::1]:5052/base", "/eth/v1/node/health", "http://[::1]:5052/base/eth/v1/node/health")]
    [InlineData("http://user:p%40ss@10.0.0.1:5052", "/eth/v1/node/health", "http://10.0.0.1:5052/eth/v1/node/health")]
    [InlineData("http://127.0.0.1:5052", "//other.example/eth", "http://127.0.0.1:5052//other.example/eth")]
    public void A_request_goes_to_the_configured_host_below_its_path(string node, string path, string expected)
    {
        using var client = new NodeClient("node", new Uri(node));
        using var request = client.Request(HttpMethod.Get, path);
        Assert.Equal(expected, request.RequestUri!.AbsoluteUri);
    }

    [Fact]
    public void Credentials_of_the_URL_become_a_header_and_are_not_in_what_is_logged()
    {
        using var client = new NodeClient("node", new Uri("http://user:p%40ss@10.0.0.1:5052"));
        using var request = client.Request(HttpMethod.Get, "/eth/v1/node/health");
        Assert.Equal("Basic", request.Headers.Authorization?.Scheme);
        Assert.Equal("user:p@ss", System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(request.Headers.Authorization!.Parameter!)));
        Assert.DoesNotContain("p%40ss", client.Address.ToString(), StringComparison.Ordinal);
    }
}
